import type { Channel } from '../channel/channel.js';
import type { Gap, Update } from '../channel/update.js';
import { flushInFrame, type Paced } from './frame-pacer.js';
import { Feed, type FeedRequest } from './shared-feeds.js';
import type { TopicStatus } from './topic-status.js';
import { type TopicOwner, TopicSubscription } from './topic-subscription.js';

/** The newest data of a topic. */
export interface LatestData<T> {
  /** The newest data; `undefined` before the first update. It stays while the topic is interrupted. */
  readonly data: T | undefined;
  /** When the data came, in Unix milliseconds; `undefined` before the first update. */
  readonly receivedAt: number | undefined;
  /** Whether there is data that may be out of date: the topic is not live, or updates were missed since. */
  readonly isStale: boolean;
}

/** The newest data of a topic as `useLatest()` shows it: `status` tells the cases apart. */
export type LatestState<T> = TopicStatus<T> & LatestData<T>;

export const NO_DATA: LatestData<never> = { data: undefined, receivedAt: undefined, isStale: false };

/** The newest data of one topic, for all components that show it. */
export class LatestFeed extends Feed implements TopicOwner<unknown>, Paced {
  readonly #subscription: TopicSubscription<unknown>;
  #newest: Pick<Update, 'data' | 'receivedAt' | 'gap'> | undefined;
  /** What was missed since the newest update. */
  #gap: Gap | undefined;
  #state: LatestState<unknown>;

  constructor(request: FeedRequest, onEnd: (feed: Feed) => void) {
    super(request, onEnd);
    const { client, topic, options } = request;
    const conflated = { conflateInterval: 'frame', ...options, overflow: 'latest' };
    this.#subscription = new TopicSubscription(client, topic, conflated, this);
    this.#state = this.#read();
  }

  get state(): LatestState<unknown> {
    return this.#state;
  }

  statusChanged(): void {
    this.flush();
  }

  errorCame(): void {
    flushInFrame(this);
  }

  opened(channel: Channel): void {
    channel.on('message', this.#onMessage);
  }

  gapCame(gap: Gap): void {
    // From a worker the update after the gap may come first: it carries the gap.
    const { until = 0 } = this.#newest?.gap ?? {};
    if (until >= gap.until) return;
    this.#gap = gap;
    this.flush();
  }

  flush(): void {
    this.#state = this.#read();
    this.publish();
  }

  protected override get isOver(): boolean {
    return this.#subscription.isOver;
  }

  protected start(): void {
    this.#subscription.open();
  }

  protected stop(): void {
    this.#subscription.end();
    this.#newest = undefined;
    this.#gap = undefined;
    this.#state = this.#read();
  }

  readonly #onMessage = (data: unknown, { receivedAt, gap }: Update): void => {
    this.#newest = gap ? { data, receivedAt, gap } : { data, receivedAt };
    // An update of before the gap may be told after it: it does not end the gap.
    if (this.#gap && (gap || receivedAt >= this.#gap.until)) this.#gap = undefined;
    this.#subscription.heard();
    this.flush();
  };

  #read(): LatestState<unknown> {
    const { status } = this.#subscription;
    const { data, receivedAt } = this.#newest ?? NO_DATA;
    const isStale = receivedAt !== undefined && (status.status !== 'live' || this.#gap !== undefined);
    return { ...status, data, receivedAt, isStale };
  }
}
