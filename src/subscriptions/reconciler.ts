import { limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { ProtocolError, SubscriptionFailedError } from '../errors.js';
import type { SubscriptionFrames } from '../outbound/outbox.js';
import {
  type Preparable,
  Preparation,
  type PreparationError,
  type PreparationListener,
} from '../outbound/preparation.js';
import type { Frame } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { describe } from '../util/wrap-error.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { ChangedTopics } from './changed-topics.js';
import type { BuiltFrames, SubscriptionFrameBuilder, Unbuildable } from './frame-builder.js';
import type { Gaps } from './gaps.js';
import type { Outcomes } from './outcomes.js';
import type { Subscription } from './subscription.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { SubscriptionOutbox } from './suspects.js';
import type { UnansweredFrames } from './unanswered-frames.js';
import type { Waits } from './waits.js';

/** Few venues take more topics in one frame, and smaller frames lose nothing on a fast link. */
const DEFAULT_TOPICS_PER_FRAME = 100;

/** A frame that was built and not written yet. */
interface QueuedFrame extends Preparable {
  readonly kind: Operation;
  /** The frames that share its id. */
  readonly built: BuiltFrames;
  /** Whether it is the first, and the last, of these frames. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Whether the handler took too long for it before. */
  wasLate?: boolean;
}

/** The parts that a reconciler works with. */
export interface ReconcilerParts {
  readonly store: SubscriptionStore;
  readonly changed: ChangedTopics;
  readonly unanswered: UnansweredFrames;
  readonly builder: SubscriptionFrameBuilder;
  readonly acknowledgements: Acknowledgements;
  readonly gaps: Gaps;
  readonly outcomes: Outcomes;
  readonly waits: Waits;
  readonly outbox: SubscriptionOutbox;
}

/** Brings what the server knows in line with what the application wants: frames for the topics that differ (S2, S3). */
export class Reconciler implements SubscriptionFrames, PreparationListener<QueuedFrame> {
  readonly #context: Context;
  readonly #parts: ReconcilerParts;
  readonly #preparation: Preparation<QueuedFrame>;
  #queued: QueuedFrame[] = [];
  /** Replaced when the connection is lost. */
  #connection = {};

  constructor(context: Context, parts: ReconcilerParts) {
    this.#context = context;
    this.#parts = parts;
    this.#preparation = new Preparation<QueuedFrame>(context, this);
  }

  get hasNext(): boolean {
    return !this.#preparation.isPending && (this.#queued.length > 0 || this.#parts.changed.hasNext);
  }

  prepareNext(): boolean {
    for (;;) {
      // Some topics need no frame, or have none.
      while (this.#queued.length === 0 && this.#parts.changed.hasNext) this.#buildNext();
      const next = this.#queued[0];
      if (!next) return false;
      // A topic that was given up meanwhile, perhaps as unsent, must not leave: the others are asked for without it.
      if (next.kind === 'subscribe' && next.isFirst && this.#isOutdated(next.built)) {
        this.#takeBack(next.built);
        continue;
      }
      const frame = this.#preparation.frameOf(next);
      // The next one if the handler failed on this frame, or ended the connection.
      if (next === this.#queued[0]) return frame !== undefined;
    }
  }

  /** Whether a topic of a frame was given up meanwhile, or the server spoke of it, so that the frame asks for it no more. */
  #isOutdated({ requestId, subscriptions }: BuiltFrames): boolean {
    const { areExpected } = this.#parts.acknowledgements;
    return subscriptions.some((one) => isGivenUp(one) || (areExpected && one.requestId !== requestId));
  }

  writeNext(write: (frame: Frame, isEnd: boolean) => boolean): boolean {
    const next = this.#queued[0];
    const frame = next && this.#preparation.frameOf(next);
    if (!next || frame === undefined) return false;
    this.#queued.shift();
    this.#preparation.stop();
    if (!write(frame, next.kind === 'unsubscribe')) return false;
    if (next.kind === 'unsubscribe') return true;
    if (next.isFirst) this.#begin(next.built);
    if (next.isLast) this.#complete(next.built);
    return true;
  }

  onPrepared(): void {
    this.#parts.outbox.pump();
  }

  /**
   * The frame is given up, and those that share its id. Its topics are asked for in halves, so that a bad topic is found; but
   * no topic makes the handler late. A late unsubscribe frame has a second try: without it the topics would never end.
   */
  onUnpreparable(queued: QueuedFrame, error: PreparationError, isLate: boolean): void {
    const { acknowledgements, outbox, unanswered } = this.#parts;
    const { built, kind, wasLate } = queued;
    this.#preparation.stop();
    queueMicrotask(() => outbox.pump());
    queued.wasLate = isLate;
    if (kind === 'unsubscribe' && isLate && !wasLate) return;
    this.#queued = this.#queued.filter((other) => other.built !== built);
    if (kind === 'unsubscribe') return void this.#context.emit('error', error);
    const frame = unanswered.get(built.requestId);
    if (frame) unanswered.close(frame);
    const own = built.subscriptions.filter(({ requestId }) => requestId === built.requestId);
    if (own.length > 1 && !isLate) return acknowledgements.halve(own);
    for (const subscription of own) this.#parts.store.happen(subscription, 'ended');
    this.#unbuildable(kind, { subscriptions: own.filter(({ isWanted }) => isWanted), cause: error });
  }

  /** Takes subscribe frames back that were built and not written. Their topics are looked at anew. */
  withdraw(): void {
    for (const { built, kind, isFirst } of [...this.#queued])
      if (kind === 'subscribe' && isFirst) this.#takeBack(built);
    // What waited for the preparation of one of them.
    queueMicrotask(() => this.#parts.outbox.pump());
  }

  /** Takes the frames with one id back. None of them was written. */
  #takeBack(built: BuiltFrames): void {
    const { changed, store, unanswered } = this.#parts;
    if (this.#queued[0]?.built === built) this.#preparation.stop();
    this.#queued = this.#queued.filter((queued) => queued.built !== built);
    const frame = unanswered.get(built.requestId);
    if (frame) unanswered.close(frame);
    for (const subscription of built.subscriptions) {
      if (subscription.requestId !== built.requestId) continue;
      store.happen(subscription, 'ended');
      if (subscription.isWanted) changed.add(subscription);
    }
  }

  /** The connection is lost. */
  lost(): void {
    this.#connection = {};
    this.#preparation.stop();
    this.#queued = [];
  }

  /** Builds frames for as many topics as fit together. */
  #buildNext(): void {
    this.#parts.waits.sweep();
    const { topicsPerFrame = DEFAULT_TOPICS_PER_FRAME, topicsPerConnection } = limitsOf(this.#context);
    // Where the server counts its topics, room is made before it is taken.
    const first = topicsPerConnection === undefined ? undefined : 'unsubscribe';
    const change = this.#parts.changed.take(topicsPerFrame, first);
    if (!change) return;
    const connection = this.#connection;
    for (const built of this.#parts.builder.build(change.operation, change.subscriptions)) {
      // The application's own code, in a hook or a listener, ended the connection. The next one looks at all topics anew.
      if (connection !== this.#connection) return;
      if ('cause' in built) this.#unbuildable(change.operation, built);
      else if (change.operation === 'subscribe') this.#subscribe(built);
      else this.#unsubscribe(built);
    }
  }

  #subscribe(built: BuiltFrames): void {
    const { acknowledgements, store, unanswered } = this.#parts;
    const { frames, requestId, subscriptions } = built;
    for (const subscription of subscriptions) {
      store.happen(subscription, 'asked');
      subscription.sentParams = subscription.params;
      subscription.requestId = requestId;
    }
    // Where the handler needs no frame there is nothing to confirm.
    if (acknowledgements.areExpected && frames.length > 0) unanswered.add(requestId, subscriptions, acknowledgements);
    else unanswered.addUnawaited(requestId);
    if (frames.length === 0) this.#complete(built);
    else this.#queue('subscribe', built);
  }

  #unsubscribe(built: BuiltFrames): void {
    this.#parts.unanswered.addEnd(built.requestId, built.subscriptions);
    this.#end(built.subscriptions);
    this.#queue('unsubscribe', built);
  }

  #queue(kind: Operation, built: BuiltFrames): void {
    const { topics } = built;
    const last = built.frames.length - 1;
    for (const [index, frame] of built.frames.entries()) {
      this.#queued.push({
        frame,
        kind,
        id: built.requestId,
        topics,
        built,
        isFirst: index === 0,
        isLast: index === last,
      });
    }
  }

  /** From now on the server may send the topics. What came before is of earlier subscriptions, and some of that may be missing. */
  #begin({ requestId, subscriptions }: BuiltFrames): void {
    this.#parts.unanswered.begun(requestId);
    for (const subscription of subscriptions) {
      if (subscription.requestId === requestId) this.#parts.gaps.loseUntilConfirmed(subscription);
    }
  }

  /** The topics are asked for: now the server has to answer, or they count as acknowledged. */
  #complete({ frames, requestId, subscriptions }: BuiltFrames): void {
    const { acknowledgements, unanswered, waits } = this.#parts;
    for (const subscription of subscriptions) {
      if (subscription.requestId === requestId) waits.written(subscription);
    }
    if (acknowledgements.areExpected && frames.length > 0) unanswered.written(requestId);
    else acknowledgements.written(requestId, subscriptions);
  }

  /** The server is to know nothing of the topics any more. A topic that is wanted is asked for anew. */
  #end(subscriptions: BuiltFrames['subscriptions']): void {
    const { changed, store } = this.#parts;
    for (const subscription of subscriptions) {
      store.happen(subscription, 'ended');
      if (subscription.isWanted) changed.add(subscription);
    }
  }

  #unbuildable(operation: Operation, { cause, fault, subscriptions }: Unbuildable): void {
    const words = texts.unbuildable(operation, describe(cause));
    if (operation === 'unsubscribe') {
      this.#context.emit('error', fault ?? new ProtocolError(words, { cause }));
      return this.#end(subscriptions);
    }
    for (const subscription of subscriptions) {
      const error = fault ?? new SubscriptionFailedError(subscription.topic, words, { cause, delivery: 'unsent' });
      this.#parts.outcomes.refused(subscription, error, undefined, this.#context.runtime.random());
    }
  }
}

function isGivenUp({ isWanted }: Subscription): boolean {
  return !isWanted;
}
