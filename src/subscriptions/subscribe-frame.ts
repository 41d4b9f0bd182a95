import type { RequestId, Topic } from '../identifiers.js';
import type { Expirable } from '../util/deadline-queue.js';
import type { Subscription } from './subscription.js';

/** What an unanswered frame reports. */
export interface SubscribeFrameEvents {
  /** The server did not answer the frame in time. */
  expired(frame: SubscribeFrame): void;
}

/**
 * One request to subscribe, and the topics of it that the server has not acknowledged. A topic that was given up keeps its
 * place: acknowledgements without an id come in the order of the frames, so that the next acknowledgement of the topic
 * belongs to this frame, and not to a later frame that asks for the same topic.
 */
export class SubscribeFrame implements Expirable {
  readonly requestId: RequestId;
  /** Counts the subscribe frames of this client. */
  readonly number: number;
  /** How many of the open topics are not given up. */
  awaited: number;
  /** Whether it has left, or the first of several frames in its place: before, no answer can mean it. */
  isWritten = false;
  deadline = 0;
  isQueued = false;
  /** Only written frames wait for an answer. */
  readonly isUnwritten = false;
  readonly #subscriptions: readonly Subscription[];
  readonly #events: SubscribeFrameEvents;
  /** By topic, once the server answers topic by topic: most frames are answered as a whole. */
  #open: Map<Topic, Subscription> | undefined;
  /** The open topics as the handler sees them, until one of them is acknowledged. */
  #topics: readonly Topic[] | undefined;

  constructor(
    requestId: RequestId,
    number: number,
    subscriptions: readonly Subscription[],
    events: SubscribeFrameEvents,
  ) {
    this.requestId = requestId;
    this.number = number;
    this.awaited = subscriptions.length;
    this.#subscriptions = subscriptions;
    this.#events = events;
  }

  /** How many topics the frame names. */
  get size(): number {
    return this.#subscriptions.length;
  }

  /** The topics that are not acknowledged, in the order of the frame. */
  get open(): readonly Subscription[] {
    return this.#open ? [...this.#open.values()] : this.#subscriptions;
  }

  get topics(): readonly Topic[] {
    this.#topics ??= this.#open ? [...this.#open.keys()] : this.#subscriptions.map(({ topic }) => topic);
    return this.#topics;
  }

  /** Whether some of the open topics are given up. */
  get hasGivenUp(): boolean {
    return this.awaited < (this.#open?.size ?? this.#subscriptions.length);
  }

  get(topic: Topic): Subscription | undefined {
    return this.#openByTopic().get(topic);
  }

  /** A topic is acknowledged; true for the last one. */
  strike(topic: Topic): boolean {
    const open = this.#openByTopic();
    if (open.delete(topic)) this.#topics = undefined;
    return open.size === 0;
  }

  /** Whether the topic waits for this frame. It may have been given up since, and asked for in a later frame. */
  awaits({ requestId }: Subscription): boolean {
    return requestId === this.requestId;
  }

  expire(): void {
    this.#events.expired(this);
  }

  #openByTopic(): Map<Topic, Subscription> {
    this.#open ??= new Map(this.#subscriptions.map((subscription) => [subscription.topic, subscription]));
    return this.#open;
  }
}
