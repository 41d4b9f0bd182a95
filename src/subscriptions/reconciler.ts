import { readServerError } from '../ask-handler.js';
import type { Context } from '../context.js';
import { ProtocolError, SubscriptionFailedError, type TransportError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import type { SubscriptionFrames } from '../outbound/outbox.js';
import type { Frame, ServerError, SubscriptionOutcome } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import { describe } from '../util/wrap-error.js';
import { type Change, ChangedTopics } from './changed-topics.js';
import { type Operation, type SubscriptionFrame, SubscriptionFrameBuilder, type Unbuildable } from './frame-builder.js';
import type { Batch } from './subscribe-frame.js';
import type { Subscription, SubscriptionStore } from './subscription-store.js';
import { UnansweredFrames } from './unanswered-frames.js';

/** Few venues take more in one frame, and smaller frames lose nothing on a fast link. */
const DEFAULT_TOPICS_PER_FRAME = 100;

export interface SubscriptionWireEvents {
  accepted(subscription: Subscription): void;
  refused(subscription: Subscription, error: TransportError, retryable: boolean): void;
  /** Nobody acknowledged a frame in time; what it asked for is asked for anew. */
  unanswered(subscription: Subscription): void;
  /** There is something to write. */
  ready(): void;
  /** Whether nothing is read. */
  isPaused(): boolean;
}

interface QueuedFrame {
  readonly frame: Frame;
  written?: (() => void) | undefined;
}

/**
 * Brings what the server knows in line with what the application wants (S2, S3): builds subscribe and unsubscribe frames
 * for the topics that differ, and reads the acknowledgements.
 */
export class SubscriptionWire implements SubscriptionFrames {
  readonly #context: Context;
  readonly #store: SubscriptionStore;
  readonly #events: SubscriptionWireEvents;
  readonly #builder: SubscriptionFrameBuilder;
  readonly #unanswered: UnansweredFrames;
  readonly #confirms: boolean;
  /** Changed in this tick; calls that cancel out within it send nothing. */
  #staged: Subscription[] = [];
  readonly #changed = new ChangedTopics();
  /** Built and not written yet. */
  readonly #frames: QueuedFrame[] = [];
  #live = false;
  /** Bulk changes under way; their frames wait for the last of them, so that they are full. */
  #corks = 0;

  constructor(context: Context, store: SubscriptionStore, newId: () => RequestId, events: SubscriptionWireEvents) {
    const { handler } = context;
    this.#context = context;
    this.#store = store;
    this.#builder = new SubscriptionFrameBuilder(context, store, newId);
    this.#events = events;
    this.#unanswered = new UnansweredFrames(
      context.runtime.clock,
      (batch) => this.#expired(batch),
      () => events.isPaused(),
    );
    this.#confirms = handler.confirmsSubscriptions ?? context.overrides.isSubscriptionSuccess;
  }

  /** Whether an acknowledgement is outstanding. */
  get isWaiting(): boolean {
    return !this.#unanswered.isEmpty;
  }

  /** Whether a subscribe frame with that id is unanswered. */
  isOpen(id: RequestId): boolean {
    return this.#unanswered.get(id) !== undefined;
  }

  /** Looks at a topic when the tick is over. */
  stage(subscription: Subscription): void {
    if (!this.#live) return;
    if (this.#staged.length === 0) queueMicrotask(this.#flush);
    this.#staged.push(subscription);
  }

  /** Holds frames back until `uncork()`. */
  cork(): void {
    this.#corks++;
  }

  uncork(): void {
    this.#corks--;
    this.#flush();
  }

  /** What the server has of a topic is not what is wanted: ends it there and asks anew. */
  renew(subscription: Subscription): void {
    const { wire } = subscription;
    if (wire === 'idle') return;
    // What the server names itself cannot be ended before it has told the name.
    if (wire === 'subscribing' && this.#context.handler.serverChoosesTopics) return;
    this.#unanswered.giveUp(subscription);
    subscription.wire = 'stale';
    this.stage(subscription);
  }

  /** The server ended a topic by itself; false where it meant an older subscription than what we asked for last. */
  revoked(subscription: Subscription): boolean {
    if (subscription.wire === 'idle' || this.#unanswered.isUnread(subscription)) return false;
    const { requestId } = subscription;
    const batch = requestId === undefined ? undefined : this.#unanswered.get(requestId);
    if (batch) this.#unanswered.answered(batch, subscription);
    this.#store.reset(subscription);
    return true;
  }

  /** A new connection is ready: it knows no topic yet. */
  start(): void {
    this.#live = true;
    for (const subscription of this.#store.all()) this.#changed.add(subscription);
  }

  /** The connection is lost, and with it everything that the server knew. */
  stop(): void {
    this.#live = false;
    this.#unanswered.clear();
    this.#staged = [];
    this.#changed.clear();
    this.#frames.length = 0;
  }

  get hasNext(): boolean {
    return this.#frames.length > 0 || !this.#changed.isEmpty;
  }

  writeNext(write: (frame: Frame) => boolean): boolean {
    const next = this.#frames.shift() ?? (this.#buildNext() ? this.#frames.shift() : undefined);
    if (!next) return this.#live && !this.#changed.isEmpty;
    if (!write(next.frame)) return false;
    next.written?.();
    return true;
  }

  /** Takes a frame that carries the id of one of ours; false when it carries another. */
  answer(id: RequestId, message: Message): boolean {
    const batch = this.#unanswered.get(id);
    if (!batch) return this.#unanswered.settle(id);
    this.#apply(batch, this.#outcomeFor(batch, message), message);
    return true;
  }

  /** Offers a frame to the subscribe frames that wait, oldest first; false when it is about none of them. */
  control(message: Message): boolean {
    const told = new Set<Topic>();
    let taken = false;
    for (const batch of this.#unanswered.batches) {
      const outcome = this.#outcomeFor(batch, message);
      // A yes or a no is about one frame; one that names topics may be about several.
      if (typeof outcome === 'boolean') return taken || this.#apply(batch, outcome, message);
      if (outcome && this.#apply(batch, outcome, message, told)) taken = true;
    }
    return taken;
  }

  readonly #flush = (): void => {
    if (this.#corks > 0) return;
    for (const subscription of this.#staged) this.#changed.add(subscription);
    this.#staged = [];
    if (!this.#changed.isEmpty) this.#events.ready();
  };

  // ——— Out ———

  /** Builds the frames for as many topics as fit together; false when nothing differs. */
  #buildNext(): boolean {
    const { topicsPerFrame = DEFAULT_TOPICS_PER_FRAME, topicsPerConnection } = this.#context.handler.limits ?? {};
    // Where the server counts its topics, room is made before it is taken.
    const first = topicsPerConnection === undefined ? undefined : 'unsubscribe';
    const change = this.#changed.take(topicsPerFrame, this.#wish, first);
    if (change) this.#build(change);
    return change !== undefined;
  }

  readonly #wish = ({ wanted, wire }: Subscription): Operation | undefined => {
    if (wire === 'idle') return wanted ? 'subscribe' : undefined;
    if (wire === 'stale') return 'unsubscribe';
    if (wanted) return undefined;
    // What the server names itself cannot be ended before it has told the name.
    return wire === 'subscribed' || !this.#context.handler.serverChoosesTopics ? 'unsubscribe' : undefined;
  };

  #build({ operation, subscriptions }: Change): void {
    for (const built of this.#builder.build(operation, subscriptions)) {
      if ('cause' in built) this.#unbuildable(operation, built);
      else this.#enqueue(operation, built);
    }
  }

  #enqueue(operation: Operation, { requestId, subscriptions, frames }: SubscriptionFrame): void {
    if (operation === 'unsubscribe') this.#ended(requestId, subscriptions);
    const written = operation === 'subscribe' ? this.#asked(requestId, subscriptions) : undefined;
    const queued = frames.map((frame): QueuedFrame => ({ frame }));
    const last = queued.at(-1);
    if (last) last.written = written;
    else written?.();
    this.#frames.push(...queued);
  }

  /** Counts the topics as asked for; returns what is left to do once the last frame is written. */
  #asked(requestId: RequestId, subscriptions: readonly Subscription[]): (() => void) | undefined {
    for (const subscription of subscriptions) {
      subscription.wire = 'subscribing';
      subscription.sentParams = subscription.params;
      subscription.requestId = requestId;
    }
    if (!this.#confirms) {
      this.#unanswered.addSettled(requestId);
      return () => {
        for (const subscription of subscriptions) {
          if (subscription.requestId === requestId) this.#accept(subscription);
        }
      };
    }
    this.#unanswered.add(requestId, subscriptions, this.#context.config.requestTimeout);
    return undefined;
  }

  #ended(requestId: RequestId, subscriptions: readonly Subscription[]): void {
    this.#unanswered.addEnd(requestId, subscriptions);
    for (const subscription of subscriptions) this.#forget(subscription);
  }

  /** The server is to know nothing of it any more; what is wanted is asked for anew. */
  #forget(subscription: Subscription): void {
    this.#store.reset(subscription);
    if (subscription.wanted) this.#changed.add(subscription);
  }

  #unbuildable(operation: Operation, { subscriptions, cause }: Unbuildable): void {
    const words = `The handler could not build the ${operation} frame: ${describe(cause)}`;
    if (operation === 'unsubscribe') {
      this.#context.emit('error', new ProtocolError(words, { cause }));
      for (const subscription of subscriptions) this.#forget(subscription);
      return;
    }
    for (const subscription of subscriptions) {
      this.#events.refused(subscription, new SubscriptionFailedError(subscription.topic, words, { cause }), false);
    }
  }

  // ——— In ———

  #outcomeFor(batch: Batch, message: Message): boolean | SubscriptionOutcome | null | undefined {
    const topics = batch.open.map(({ topic }) => topic);
    return this.#context.handler.isSubscriptionSuccess(message, topics);
  }

  /**
   * Does what a frame says about the topics of a batch; false when it says nothing.
   * @param told - topics of older frames that it was about; each is added
   */
  #apply(
    batch: Batch,
    outcome: boolean | SubscriptionOutcome | null | undefined,
    message: Message,
    told = new Set<Topic>(),
  ): boolean {
    if (outcome === null || outcome === undefined) return false;
    if (typeof outcome !== 'boolean') return this.#applyOutcome(batch, outcome, message, told);
    // One bad topic may have spoiled the frame for the others: then each is asked for by itself.
    const spoiled = !outcome && batch.size > 1 && !batch.isAnswered;
    this.#unanswered.close(batch);
    for (const subscription of batch.open) {
      // It was given up before, or by a listener of another one.
      if (!batch.awaits(subscription)) continue;
      subscription.requestId = undefined;
      if (outcome) this.#accept(subscription);
      else if (spoiled) this.#askAlone(subscription);
      else this.#refuse(subscription, message, false);
    }
    return true;
  }

  #applyOutcome(batch: Batch, outcome: SubscriptionOutcome, message: Message, told: Set<Topic>): boolean {
    let named = (outcome.pending?.length ?? 0) > 0;
    const each = (topics: readonly Topic[] | undefined, act: (subscription: Subscription) => void) => {
      for (const topic of topics ?? []) {
        const subscription = batch.get(topic);
        if (!subscription || told.has(topic)) continue;
        named = true;
        told.add(topic);
        if (this.#unanswered.answered(batch, subscription)) act(subscription);
      }
    };
    for (const [topic, alias] of Object.entries(outcome.aliases ?? {})) {
      const subscription = batch.get(topic);
      if (subscription && batch.awaits(subscription)) this.#store.setAlias(subscription, alias);
    }
    each(outcome.accepted, (subscription) => this.#accept(subscription));
    each(outcome.benign, (subscription) => this.#accept(subscription));
    each(outcome.refused, (subscription) =>
      this.#refuse(subscription, message, outcome.retryable ?? false, outcome.errors?.[subscription.topic]),
    );
    return named;
  }

  #accept(subscription: Subscription): void {
    subscription.requestId = undefined;
    subscription.wire = 'subscribed';
    subscription.alone = false;
    this.#unanswered.confirmed(subscription);
    if (subscription.isOutdated) return this.renew(subscription);
    this.#events.accepted(subscription);
    if (!subscription.wanted) this.stage(subscription);
  }

  #refuse(subscription: Subscription, message: Message, retryable: boolean, words?: ServerError): void {
    const { isOutdated } = subscription;
    this.#store.reset(subscription);
    if (isOutdated) return this.stage(subscription);
    const error = refusal(subscription.topic, words ?? readServerError(this.#context, message), retryable);
    this.#events.refused(subscription, error, retryable);
  }

  #askAlone(subscription: Subscription): void {
    this.#store.reset(subscription);
    subscription.alone = true;
    this.stage(subscription);
  }

  #expired(batch: Batch): void {
    for (const subscription of batch.open) {
      if (!batch.awaits(subscription)) continue;
      subscription.requestId = undefined;
      // A name that never came cannot be ended either.
      if (this.#context.handler.serverChoosesTopics) this.#store.reset(subscription);
      else subscription.wire = 'stale';
      this.#events.unanswered(subscription);
      this.stage(subscription);
    }
  }
}

function refusal(topic: Topic, error: ServerError, retryable: boolean): SubscriptionFailedError {
  return new SubscriptionFailedError(topic, `The server refused ${topic}: ${error.message}`, {
    retryable,
    serverCode: error.code,
    cause: error,
  });
}
