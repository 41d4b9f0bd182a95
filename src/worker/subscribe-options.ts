import type { SubscribeOptions } from '../client-options.js';

/** How a page subscribes: as without a worker, but for what does not cross. */
export interface WorkerSubscribeOptions extends Omit<SubscribeOptions, 'key'> {
  /** For `latest`: the name of a function in the `keys` of `serveClient()`. */
  readonly key?: string;
  /**
   * `full`: the message of each update crosses too, so that `update.message` has its `raw`. With `data`, `update.message` is
   * an empty message.
   * @default 'data': a page seldom needs the frame, and it costs as much as the data
   */
  readonly updates?: 'data' | 'full';
}
