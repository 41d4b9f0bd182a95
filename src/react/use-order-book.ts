import { useSyncExternalStore } from 'react';
import { ConfigError } from '../errors.js';
import type { BookAdapter } from '../order-book/book-adapter.js';
import type { BookOptions } from '../order-book/shared-channel.js';
import { BookFeed, idleBook, type OrderBookState, pendingBook } from './book-feed.js';
import type { HookClient, SubscribingClient } from './react-client.js';
import { type FeedReading, FeedView, SharedFeeds } from './shared-feeds.js';
import * as texts from './texts.js';
import { useKept } from './use-kept.js';

export interface UseOrderBookOptions extends Omit<BookOptions, 'signal'> {
  /**
   * How many levels of each side the component shows.
   * @default 10: a ladder that fits on a screen
   */
  readonly depth?: number;
}

const NO_OPTIONS: UseOrderBookOptions = {};

const feeds = /* @__PURE__ */ new SharedFeeds<BookFeed>();

/**
 * The best levels of an order book. The component renders at most once per painted frame, and only if a level that it shows
 * has changed. All components that show a topic with the same options share the book and the adapter of the first of them.
 *
 * @param adapter - reads the updates of the venue; see `BookAdapter`
 * @returns the levels, and whether the book is complete; the same object while nothing has changed. Errors are returned,
 *   except for a wrong `depth`.
 * @throws ConfigError for a `depth` that is no integer from 1
 *
 * @example
 * ```tsx
 * const adapter: BookAdapter = { read: () => ({ snapshot: true, bids: [['100.50', '2']], asks: [['100.60', '1']] }) };
 *
 * function Ladder() {
 *   const { bids, asks, isSynced, stale } = useOrderBook(client, 'trades.BTC', adapter, { depth: 5 });
 *   if (!isSynced) return <p>{stale ? `do not trade: ${stale}` : 'loading'}</p>;
 *   return <p>{bids[0]?.[0]} {asks[0]?.[0]}</p>;
 * }
 * ```
 */
export function useOrderBook<Topics extends object, Methods extends object, K extends keyof Topics & string>(
  client: HookClient<Topics, Methods>,
  topic: K | null | undefined,
  adapter: BookAdapter<Topics[K]>,
  options?: UseOrderBookOptions | null,
): OrderBookState {
  const { depth = 10, ...own } = options ?? NO_OPTIONS;
  if (!Number.isSafeInteger(depth) || depth < 1) throw new ConfigError('depth', depth, texts.A_DEPTH);
  const subscribing = (client ?? undefined) as SubscribingClient | undefined;
  const name = topic ?? undefined;
  const { view } = useKept(
    () => {
      const request =
        subscribing && name !== undefined ? { client: subscribing, topic: name, options: own } : undefined;
      const reading: FeedReading<BookFeed, OrderBookState> = {
        feeds,
        make: (wanted, onEnd) => new BookFeed(wanted, adapter as BookAdapter, onEnd),
        read: (feed) => feed.read(depth),
        initial: request ? pendingBook : idleBook,
      };
      return { depth, view: new FeedView(request, reading) };
    },
    (kept) => kept.depth === depth && kept.view.fits(subscribing, name, own),
  );
  return useSyncExternalStore(view.subscribe, view.getSnapshot, view.getServerSnapshot);
}
