import type { Context } from '../context.js';
import { ProtocolError, SubscriptionFailedError } from '../errors.js';
import type { SubscriptionFrames } from '../outbound/outbox.js';
import type { Frame } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { describe } from '../util/wrap-error.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { ChangedTopics } from './changed-topics.js';
import type { BuiltFrames, SubscriptionFrameBuilder, Unbuildable } from './frame-builder.js';
import type { Outcomes } from './outcomes.js';
import type { Operation } from './subscription-states.js';
import type { SubscriptionStore } from './subscription-store.js';
import type { UnansweredFrames } from './unanswered-frames.js';
import type { Waits } from './waits.js';

/** Few venues take more topics in one frame, and smaller frames lose nothing on a fast link. */
const DEFAULT_TOPICS_PER_FRAME = 100;

/** A frame that was built and not written yet. */
interface QueuedFrame {
  readonly frame: Frame;
  /** What this frame, the last of its topics, completes. */
  readonly completes: BuiltFrames | undefined;
  /** The subscribe frames that begin with this frame. */
  readonly begins: BuiltFrames | undefined;
}

/** The parts that a reconciler works with. */
export interface ReconcilerParts {
  readonly store: SubscriptionStore;
  readonly changed: ChangedTopics;
  readonly unanswered: UnansweredFrames;
  readonly builder: SubscriptionFrameBuilder;
  readonly acknowledgements: Acknowledgements;
  readonly outcomes: Outcomes;
  readonly waits: Waits;
}

/** Brings what the server knows in line with what the application wants: frames for the topics that differ (S2, S3). */
export class Reconciler implements SubscriptionFrames {
  readonly #context: Context;
  readonly #parts: ReconcilerParts;
  #queued: QueuedFrame[] = [];

  constructor(context: Context, parts: ReconcilerParts) {
    this.#context = context;
    this.#parts = parts;
  }

  get hasNext(): boolean {
    return this.#queued.length > 0 || this.#parts.changed.hasNext;
  }

  writeNext(write: (frame: Frame) => boolean): boolean {
    // Some topics need no frame, or have none.
    while (this.#queued.length === 0 && this.#parts.changed.hasNext) this.#buildNext();
    const next = this.#queued.shift();
    if (!next || !write(next.frame)) return false;
    if (next.completes) this.#complete(next.completes);
    return true;
  }

  /** Takes subscribe frames back that were built and not written. Their topics are looked at anew. */
  withdraw(): void {
    const { changed, store, unanswered } = this.#parts;
    const at = this.#queued.findIndex(({ begins }) => begins);
    if (at < 0) return;
    // Nothing but subscribe frames follows: a build is for one operation.
    for (const { begins } of this.#queued.splice(at)) {
      const frame = begins && unanswered.get(begins.requestId);
      if (frame) unanswered.close(frame);
      for (const subscription of begins?.subscriptions ?? []) {
        if (subscription.requestId !== begins?.requestId) continue;
        store.happen(subscription, 'ended');
        if (subscription.isWanted) changed.add(subscription);
      }
    }
  }

  /** The connection is lost. */
  lost(): void {
    this.#queued = [];
  }

  /** Builds frames for as many topics as fit together. */
  #buildNext(): void {
    this.#parts.waits.sweep();
    const { topicsPerFrame = DEFAULT_TOPICS_PER_FRAME, topicsPerConnection } = this.#context.handler.limits ?? {};
    // Where the server counts its topics, room is made before it is taken.
    const first = topicsPerConnection === undefined ? undefined : 'unsubscribe';
    const change = this.#parts.changed.take(topicsPerFrame, first);
    if (!change) return;
    for (const built of this.#parts.builder.build(change.operation, change.subscriptions)) {
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
    else this.#queue(frames, built);
  }

  #unsubscribe({ frames, requestId, subscriptions }: BuiltFrames): void {
    this.#parts.unanswered.addEnd(requestId, subscriptions);
    this.#end(subscriptions);
    this.#queue(frames);
  }

  /** @param subscribes - what these frames subscribe */
  #queue(frames: readonly Frame[], subscribes?: BuiltFrames): void {
    const last = frames.length - 1;
    for (const [index, frame] of frames.entries()) {
      this.#queued.push({
        frame,
        begins: index === 0 ? subscribes : undefined,
        completes: index === last ? subscribes : undefined,
      });
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
