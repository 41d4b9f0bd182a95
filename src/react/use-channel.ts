import { useInsertionEffect, useSyncExternalStore } from 'react';
import type { Update } from '../channel/update.js';
import type { SubscribeOptions } from '../client-options.js';
import { type ChannelState, ChannelStore, type UpdateListener } from './channel-store.js';
import type { HookClient, SubscribingClient } from './react-client.js';
import { useKept } from './use-kept.js';

/** How a component subscribes; see `SubscribeOptions`. An options object may be written inline: its content counts. */
export interface UseChannelOptions extends Omit<SubscribeOptions, 'signal' | 'key'> {
  /** For `latest`: what an update is about. With a client in a worker: the name of a function in the `keys` of `serveClient()`. */
  readonly key?: string | ((update: Update) => string);
  /**
   * With a client in a worker: whether `update.message` crosses too.
   * @default 'data'
   */
  readonly updates?: 'data' | 'full';
}

const NO_OPTIONS: UseChannelOptions = {};

/**
 * Subscribes a topic while the component is mounted, with a channel of its own. Without a client or a topic it subscribes
 * nothing. When the client, the topic or the options change, the new subscription is wanted before the old one ends.
 *
 * @param onUpdate - gets each update; always the function of the newest rendering. Updates alone render nothing: use it for
 *   a chart, a list of trades or a ref. Without it the updates are yours to read with `for await (… of channel)`.
 * @returns the channel and its `status`; the same object while nothing has changed. Errors are returned, never thrown.
 *
 * @example
 * ```tsx
 * import { useRef } from 'react';
 *
 * function Trades() {
 *   const list = useRef<unknown[]>([]);
 *   const { status, error, gaps } = useChannel(client, 'trades.BTC', { capacity: 500 }, (trade) => {
 *     list.current.push(trade);
 *   });
 *   return <p>{status === 'failed' ? error.message : `${status}, ${gaps.length} gaps`}</p>;
 * }
 * ```
 */
export function useChannel<Topics extends object, Methods extends object, K extends keyof Topics & string>(
  client: HookClient<Topics, Methods>,
  topic: K | null | undefined,
  options?: UseChannelOptions | null,
  onUpdate?: (data: Topics[K], update: Update<Topics[K]>) => unknown,
): ChannelState<Topics[K]> {
  const subscribing = (client ?? undefined) as SubscribingClient | undefined;
  const name = topic ?? undefined;
  const wanted = options ?? NO_OPTIONS;
  const store = useKept(
    () => new ChannelStore<Topics[K]>(subscribing, name, wanted),
    (kept) => kept.fits(subscribing, name, wanted),
  );
  useInsertionEffect(() => store.use(wanted, onUpdate as UpdateListener<Topics[K]> | undefined));
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
