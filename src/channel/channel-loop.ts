/**
 * What a loop over a channel reads from: `for await (const trade of channel)`. The same as an `AsyncIterableIterator` that
 * returns nothing, which takes one type argument before TypeScript 5.6 and three since then.
 */
export interface ChannelLoop<V> extends AsyncIterator<V, undefined, undefined> {
  [Symbol.asyncIterator](): ChannelLoop<V>;
}
