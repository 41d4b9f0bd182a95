import { useSyncExternalStore } from 'react';
import type { SubscribeOptions } from '../client-options.js';
import { LatestFeed, type LatestState, NO_DATA } from './latest-feed.js';
import type { HookClient, SubscribingClient } from './react-client.js';
import { type FeedReading, FeedView, SharedFeeds } from './shared-feeds.js';
import { IDLE, PENDING } from './topic-status.js';
import { useKept } from './use-kept.js';

/** How the topic is subscribed; see `SubscribeOptions`. An options object may be written inline: its content counts. */
export interface UseLatestOptions
  extends Pick<SubscribeOptions, 'params' | 'timeout' | 'maxWait' | 'maxSilence' | 'conflateInterval'> {
  /**
   * Milliseconds between two renderings. `frame`: right before the page is painted, and not while the page is hidden.
   * @default 'frame'
   */
  readonly conflateInterval?: number | 'frame';
}

const NO_OPTIONS: UseLatestOptions = {};
const idle: LatestState<never> = { ...IDLE, ...NO_DATA };
const pending: LatestState<never> = { ...PENDING, ...NO_DATA };

const feeds = /* @__PURE__ */ new SharedFeeds<LatestFeed>();

/** How a component reads the feed of a topic. */
function reading(initial: LatestState<never>): FeedReading<LatestFeed, LatestState<unknown>> {
  return { feeds, make: (request, onEnd) => new LatestFeed(request, onEnd), read: ({ state }) => state, initial };
}

/**
 * The newest data of a topic. The component renders at most once per painted frame, however fast updates come; updates that
 * are never shown are not even parsed. All components that show a topic with the same options share one channel, and show
 * the same data.
 *
 * @returns the data, when it came, whether it may be out of date, and the `status` of the topic; the same object while nothing
 *   has changed. Errors are returned, never thrown.
 *
 * @example
 * ```tsx
 * function Price() {
 *   const { data, isStale, status } = useLatest(client, 'trades.BTC', { maxSilence: 5_000 });
 *   return <b className={isStale ? 'grey' : ''}>{data ? JSON.stringify(data) : status}</b>;
 * }
 * ```
 */
export function useLatest<Topics extends object, Methods extends object, K extends keyof Topics & string>(
  client: HookClient<Topics, Methods>,
  topic: K | null | undefined,
  options?: UseLatestOptions | null,
): LatestState<Topics[K]> {
  const subscribing = (client ?? undefined) as SubscribingClient | undefined;
  const name = topic ?? undefined;
  const wanted = options ?? NO_OPTIONS;
  const view = useKept(
    () => {
      const request =
        subscribing && name !== undefined ? { client: subscribing, topic: name, options: wanted } : undefined;
      return new FeedView(request, reading(request ? pending : idle));
    },
    (kept) => kept.fits(subscribing, name, wanted),
  );
  return useSyncExternalStore(view.subscribe, view.getSnapshot, view.getServerSnapshot) as LatestState<Topics[K]>;
}
