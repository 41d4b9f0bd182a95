import type { RequestId, Topic } from '../identifiers.js';
import type { Clock } from '../runtime.js';
import { DeadlineQueue } from '../util/deadline-queue.js';
import { RecentMap } from '../util/recent-map.js';
import { SubscribeFrame, type SubscribeFrameEvents } from './subscribe-frame.js';
import type { Subscription } from './subscription.js';

/** How many frames are remembered after they need no answer any more. */
const REMEMBERED = 256;
/** Of how many topics the end is remembered. */
const REMEMBERED_TOPICS = 4_096;

/** An unsubscribe frame without an answer. */
interface UnansweredEnd {
  /** The number of the last subscribe frame before it. */
  readonly lastNumber: number;
  readonly topics: readonly Topic[];
}

/** The frames of this connection that the server has not answered. It reads frames, and answers them, in order. */
export class UnansweredFrames {
  readonly #timeout: number;
  readonly #deadlines: DeadlineQueue;
  /** Oldest first. */
  readonly #frames = new Map<RequestId, SubscribeFrame>();
  /** Unanswered frames all of whose topics were given up. */
  readonly #givenUp = new RecentMap<RequestId, SubscribeFrame>(REMEMBERED);
  /** The frames in which a topic is open, oldest first; made when first asked for. */
  #byTopic: Map<Topic, SubscribeFrame[]> | undefined;
  /** Ids of frames that need no answer but may still get one. */
  readonly #unawaitedIds = new RecentMap<RequestId, UnansweredEnd | undefined>(REMEMBERED);
  /** The frame that last ended each topic, until the server answers that frame or confirms the topic anew. */
  readonly #endedBy = new RecentMap<Topic, RequestId>(REMEMBERED_TOPICS);
  #lastNumber = 0;
  readonly #onAnswer: () => void;

  /**
   * @param timeout - milliseconds that the server has for an answer
   * @param onAnswer - called when the answer to a frame came, or is not awaited any more
   */
  constructor(clock: Clock, timeout: number, onAnswer: () => void) {
    this.#timeout = timeout;
    this.#onAnswer = onAnswer;
    this.#deadlines = new DeadlineQueue(clock);
  }

  /** The subscribe frames, oldest first; a copy. */
  get frames(): SubscribeFrame[] {
    return [...this.#frames.values()];
  }

  /** The frames in which one of these topics is open, oldest first. */
  framesWith(topics: readonly Topic[]): SubscribeFrame[] {
    if (!this.#byTopic) {
      this.#byTopic = new Map();
      for (const frame of this.#frames.values()) this.#list(frame);
    }
    const found = new Set<SubscribeFrame>();
    for (const topic of topics) for (const frame of this.#byTopic.get(topic) ?? []) found.add(frame);
    return [...found].sort((one, other) => one.number - other.number);
  }

  get isEmpty(): boolean {
    return this.#frames.size === 0;
  }

  /** Whether an answer is awaited to a frame that was written. */
  get isAwaiting(): boolean {
    for (const { awaited, isWritten } of this.#frames.values()) if (isWritten && awaited > 0) return true;
    return false;
  }

  get(id: RequestId): SubscribeFrame | undefined {
    return this.#frames.get(id);
  }

  /** A subscribe frame that the server has to answer. */
  add(requestId: RequestId, subscriptions: readonly Subscription[], events: SubscribeFrameEvents): void {
    const frame = new SubscribeFrame(requestId, ++this.#lastNumber, subscriptions, events);
    this.#frames.set(requestId, frame);
    this.#list(frame);
  }

  /** The frame, or the first of several in its place, was written. */
  begun(requestId: RequestId): void {
    const frame = this.#frames.get(requestId);
    if (frame) frame.isWritten = true;
  }

  /** The frame was written whole: the time for its answer begins. */
  written(requestId: RequestId): void {
    const frame = this.#frames.get(requestId);
    if (frame) this.#deadlines.add(frame, this.#timeout);
  }

  /** Gives the server the time for an answer once more. */
  extend(frame: SubscribeFrame): void {
    this.#deadlines.add(frame, this.#timeout);
  }

  /** A subscribe frame that needs no answer. */
  addUnawaited(requestId: RequestId): void {
    this.#unawaitedIds.remember(requestId, undefined);
  }

  /** An unsubscribe frame. */
  addEnd(requestId: RequestId, subscriptions: readonly Subscription[]): void {
    const topics = subscriptions.map(({ topic }) => topic);
    this.#unawaitedIds.remember(requestId, { lastNumber: this.#lastNumber, topics });
    for (const subscription of subscriptions) this.giveUp(subscription);
    for (const topic of topics) this.#endedBy.remember(topic, requestId);
  }

  /** Takes an answer to a frame that needs none. Returns the topics that the server ended; nothing for any other id. */
  takeUnawaited(id: RequestId): readonly Topic[] | undefined {
    if (!this.#unawaitedIds.has(id)) return undefined;
    const end = this.#unawaitedIds.get(id);
    return end ? this.#endAnswered(id, end) : [];
  }

  /** The server answered for a topic of a frame; false when the topic was given up before. */
  answered(frame: SubscribeFrame, subscription: Subscription): boolean {
    const isAwaited = frame.awaits(subscription);
    subscription.acquit();
    if (isAwaited) this.giveUp(subscription);
    this.#strike(frame, subscription);
    return isAwaited;
  }

  /** The frame needs no answer any more: it was answered as a whole, or its time is over. */
  close(frame: SubscribeFrame): void {
    const { requestId } = frame;
    this.#frames.delete(requestId);
    this.#deadlines.delete(frame);
    if (this.#byTopic) for (const { topic } of frame.open) this.#unlist(frame, topic);
    this.#givenUp.delete(requestId);
    this.#unawaitedIds.remember(requestId, undefined);
    this.#onAnswer();
  }

  /**
   * The time for an answer is over. The answer may still come, and must not pass for that of a later frame: the frame keeps
   * its place until the end of its topics is answered.
   */
  expire(frame: SubscribeFrame): void {
    for (const subscription of frame.open) if (frame.awaits(subscription)) this.giveUp(subscription);
  }

  /**
   * Whether an answer cannot mean a frame that was given up: the server has left an earlier end unanswered, so it answers
   * none, and the frame would take the answers of all that follows.
   */
  isPassed({ awaited, number }: SubscribeFrame): boolean {
    return (
      awaited === 0 && [...this.#unawaitedIds.values()].some((end) => end !== undefined && end.lastNumber < number)
    );
  }

  /** The answer for a topic is of no interest any more. */
  giveUp(subscription: Subscription): void {
    const { requestId } = subscription;
    if (requestId === undefined) return;
    subscription.requestId = undefined;
    const frame = this.#frames.get(requestId);
    if (!frame || --frame.awaited > 0) return;
    this.#onAnswer();
    const oldest = this.#givenUp.remember(requestId, frame);
    if (oldest) this.close(oldest);
  }

  /** The server confirmed a topic, so that it has read the end of an earlier subscription. */
  confirmed({ topic }: Subscription): void {
    this.#endedBy.delete(topic);
  }

  /** Whether a frame that ends the topic was built on this connection, and the topic was not confirmed anew. */
  hasEnded(topic: Topic): boolean {
    return this.#endedBy.has(topic);
  }

  /** Whether the server cannot have read the subscribe frame of a topic, because it has not answered an earlier end. */
  isUnread({ topic, state }: Subscription): boolean {
    return state !== 'idle' && this.#endedBy.has(topic);
  }

  /** The connection is lost, and every answer with it. */
  clear(): void {
    for (const frame of this.#frames.values()) this.#deadlines.delete(frame);
    this.#deadlines.stop();
    this.#frames.clear();
    this.#byTopic = undefined;
    this.#givenUp.clear();
    this.#unawaitedIds.clear();
    this.#endedBy.clear();
  }

  /**
   * An unsubscribe frame was answered. What was given up before it is answered by now, or never will be. Returns its topics.
   */
  #endAnswered(id: RequestId, { lastNumber, topics }: UnansweredEnd): readonly Topic[] {
    this.#unawaitedIds.remember(id, undefined);
    // A later frame may have ended a topic again.
    for (const topic of topics) if (this.#endedBy.get(topic) === id) this.#endedBy.delete(topic);
    for (const frame of this.frames) {
      if (frame.number > lastNumber) break;
      if (!frame.hasGivenUp) continue;
      for (const subscription of frame.open) if (!frame.awaits(subscription)) this.#strike(frame, subscription);
    }
    return topics;
  }

  #strike(frame: SubscribeFrame, { topic }: Subscription): void {
    this.#unlist(frame, topic);
    if (frame.strike(topic)) this.close(frame);
  }

  #list(frame: SubscribeFrame): void {
    if (!this.#byTopic) return;
    for (const topic of frame.topics) {
      const frames = this.#byTopic.get(topic);
      if (frames) frames.push(frame);
      else this.#byTopic.set(topic, [frame]);
    }
  }

  #unlist(frame: SubscribeFrame, topic: Topic): void {
    const others = this.#byTopic?.get(topic)?.filter((other) => other !== frame);
    if (others?.length) this.#byTopic?.set(topic, others);
    else this.#byTopic?.delete(topic);
  }
}
