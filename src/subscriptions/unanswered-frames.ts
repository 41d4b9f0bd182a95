import type { RequestId, Topic } from '../identifiers.js';
import type { Clock } from '../runtime.js';
import { DeadlineQueue } from '../util/deadline-queue.js';
import { RecentMap } from '../util/recent-map.js';
import { Batch } from './subscribe-frame.js';
import type { Subscription } from './subscription-store.js';

/** Frames, and topics, of which the server may still say something after they are no concern of ours. */
const REMEMBERED = 256;

/** What the server was asked on this connection and owes an answer to. It reads and answers in order. */
export class UnansweredFrames {
  readonly #onExpired: (batch: Batch) => void;
  readonly #isPaused: () => boolean;
  readonly #deadlines: DeadlineQueue;
  /** Oldest first. */
  readonly #batches = new Map<RequestId, Batch>();
  /** Those of which nothing is awaited any more. */
  readonly #givenUp = new RecentMap<RequestId, Batch>(REMEMBERED);
  /**
   * Ids of frames that wait for nothing, which answers may still carry. For an unsubscribe frame without an answer: the
   * number of the last batch before it.
   */
  readonly #settledIds = new RecentMap<RequestId, number | undefined>(REMEMBERED);
  /** The frame that last ended a topic, until the server confirms it anew. */
  readonly #endedBy = new RecentMap<Topic, RequestId>(REMEMBERED);
  #lastBatch = 0;

  /**
   * @param onExpired - called for a batch that was not answered in time, and is forgotten
   * @param isPaused - whether nothing is read: an answer may have come
   */
  constructor(clock: Clock, onExpired: (batch: Batch) => void, isPaused: () => boolean) {
    this.#onExpired = onExpired;
    this.#isPaused = isPaused;
    this.#deadlines = new DeadlineQueue(clock);
  }

  /** Subscribe frames, oldest first; a copy. */
  get batches(): Batch[] {
    return [...this.#batches.values()];
  }

  get isEmpty(): boolean {
    return this.#batches.size === 0;
  }

  get(id: RequestId): Batch | undefined {
    return this.#batches.get(id);
  }

  /** A subscribe frame that the server has to confirm. */
  add(requestId: RequestId, subscriptions: readonly Subscription[], timeout: number): void {
    const batch = new Batch(requestId, ++this.#lastBatch, subscriptions, () => {
      if (this.#isPaused()) return this.#deadlines.add(batch, timeout);
      this.close(batch);
      this.#onExpired(batch);
    });
    this.#batches.set(requestId, batch);
    this.#deadlines.add(batch, timeout);
  }

  /** A subscribe frame that nobody confirms. */
  addSettled(requestId: RequestId): void {
    this.#settledIds.remember(requestId, undefined);
  }

  /** An unsubscribe frame. */
  addEnd(requestId: RequestId, subscriptions: readonly Subscription[]): void {
    this.#settledIds.remember(requestId, this.#lastBatch);
    for (const subscription of subscriptions) {
      this.giveUp(subscription);
      this.#endedBy.remember(subscription.topic, requestId);
    }
  }

  /** Takes an answer to a frame that waits for none; false when the id is of none. */
  settle(id: RequestId): boolean {
    if (!this.#settledIds.has(id)) return false;
    const last = this.#settledIds.get(id);
    if (last !== undefined) this.#passed(id, last);
    return true;
  }

  /** The server said its word about a topic of a frame; false when it was given up before. */
  answered(batch: Batch, subscription: Subscription): boolean {
    const isOurs = batch.awaits(subscription);
    batch.isAnswered = true;
    if (isOurs) this.giveUp(subscription);
    this.#strike(batch, subscription);
    return isOurs;
  }

  /** Nothing is awaited of it any more: it was answered as a whole, or its time is up. */
  close(batch: Batch): void {
    const { requestId } = batch;
    this.#batches.delete(requestId);
    this.#deadlines.delete(batch);
    this.#givenUp.delete(requestId);
    this.#settledIds.remember(requestId, undefined);
  }

  /** Nobody cares any more for the answer of the frame that asks for a topic. */
  giveUp(subscription: Subscription): void {
    const { requestId } = subscription;
    if (requestId === undefined) return;
    subscription.requestId = undefined;
    const batch = this.#batches.get(requestId);
    if (!batch || --batch.awaited > 0) return;
    const oldest = this.#givenUp.remember(requestId, batch);
    if (oldest) this.close(oldest);
  }

  /** The server confirmed a topic: what it was told before is done. */
  confirmed({ topic }: Subscription): void {
    this.#endedBy.delete(topic);
  }

  /**
   * Whether the server cannot have read the subscribe frame of a topic: then the end of an older subscription would be
   * answered.
   */
  isUnread({ topic, wire }: Subscription): boolean {
    if (wire !== 'subscribing') return false;
    const endedBy = this.#endedBy.get(topic);
    return endedBy !== undefined && this.#settledIds.get(endedBy) !== undefined;
  }

  /** The connection is gone, and every answer with it. */
  clear(): void {
    for (const batch of this.#batches.values()) this.#deadlines.delete(batch);
    this.#deadlines.stop();
    this.#batches.clear();
    this.#givenUp.clear();
    this.#settledIds.clear();
    this.#endedBy.clear();
  }

  /** An unsubscribe frame was answered: what was given up before it is answered too by now, or never will be. */
  #passed(id: RequestId, last: number): void {
    this.#settledIds.remember(id, undefined);
    for (const batch of this.batches) {
      if (batch.number > last) return;
      for (const subscription of batch.open) if (!batch.awaits(subscription)) this.#strike(batch, subscription);
    }
  }

  #strike(batch: Batch, { topic }: Subscription): void {
    if (batch.strike(topic)) this.close(batch);
  }
}
