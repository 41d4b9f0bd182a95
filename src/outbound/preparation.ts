import { limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import { MessageTooLargeError, type ProtocolError } from '../errors.js';
import type { RequestId, Topic } from '../identifiers.js';
import { byteLength, isFrame } from '../protocol/frames.js';
import type { Frame, FrameInfo, FrameKind } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { isThenable } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { wrapError } from '../util/wrap-error.js';

/** A frame that the handler may change before it is written. */
export interface Preparable {
  readonly frame: Frame;
  /** Missing: the frame leaves as it is. */
  readonly kind?: FrameKind | undefined;
  readonly id?: RequestId;
  readonly topics?: readonly Topic[];
  /** Whether its bytes left before, on a connection that was lost. */
  readonly isWritten?: boolean;
}

export type PreparationError = ProtocolError | MessageTooLargeError;

export interface PreparationListener<T extends Preparable> {
  /** An asynchronous preparation is done. */
  onPrepared(): void;
  /**
   * The handler failed: the frame can never be written.
   * @param isLate - it took too long, which is not the fault of the frame
   */
  onUnpreparable(subject: T, error: PreparationError, isLate: boolean): void;
}

/** What the handler is preparing, and its frame once that is done. */
interface Current<T> {
  readonly subject: T;
  frame: Frame | undefined;
}

/** Asks the handler for the last change to a frame before it is written. One frame is prepared at a time. */
export class Preparation<T extends Preparable> {
  readonly #context: Context;
  readonly #listener: PreparationListener<T>;
  /** Bounds the preparation of a frame that has no deadline of its own. */
  readonly #timer: Timer;
  #current: Current<T> | undefined;

  constructor(context: Context, listener: PreparationListener<T>) {
    this.#context = context;
    this.#listener = listener;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** Whether all frames leave as they are. */
  get isIdle(): boolean {
    const { prepareFrame, prepareRequest } = this.#context.overrides;
    return !prepareFrame && !prepareRequest;
  }

  /** Whether the handler is still preparing a frame. */
  get isPending(): boolean {
    return this.#current !== undefined && this.#current.frame === undefined;
  }

  isPreparing(subject: T): boolean {
    return this.#current?.subject === subject;
  }

  /** The frame as it is to be written; nothing if the handler takes its time, if it failed, or if it ended the call. */
  frameOf(subject: T): Frame | undefined {
    const { frame, kind } = subject;
    if (this.#current?.subject === subject) return this.#current.frame;
    if (!kind || !this.#changes(kind)) return frame;
    // Set before the handler is asked: its code may end this call, or make another call.
    const current: Current<T> = { subject, frame: undefined };
    this.#current = current;
    try {
      const prepared = this.#context.handler.prepareFrame(frame, infoOf(kind, subject));
      if (isThenable(prepared)) this.#await(current, prepared);
      else if (this.#current === current) current.frame = this.#checked(prepared);
    } catch (cause) {
      this.#fail(current, cause);
    }
    return current.frame;
  }

  /** Forgets the current frame: it was written or taken back, or has to be prepared afresh for another connection. */
  stop(): void {
    this.#timer.stop();
    this.#current = undefined;
  }

  /** Whether the handler may change frames of a kind. */
  #changes(kind: FrameKind): boolean {
    const { prepareFrame, prepareRequest } = this.#context.overrides;
    return prepareFrame || (prepareRequest && kind === 'request');
  }

  /** A handler that builds nothing would hold up every frame behind this frame. A frame may have grown too large. */
  #checked(frame: Frame): Frame {
    if (!isFrame(frame)) throw new TypeError(texts.NO_FRAME);
    const limit = limitsOf(this.#context).bytesPerFrame ?? Infinity;
    const bytes = limit === Infinity ? 0 : byteLength(frame);
    if (bytes > limit) throw new MessageTooLargeError(limit, texts.frameTooLarge(bytes, limit));
    return frame;
  }

  #await(current: Current<T>, prepared: Promise<Frame>): void {
    this.#limit(current);
    prepared.then(
      (frame) => {
        if (this.#current !== current) return;
        this.#timer.stop();
        try {
          current.frame = this.#checked(frame);
        } catch (cause) {
          return this.#fail(current, cause);
        }
        this.#listener.onPrepared();
      },
      (cause) => this.#fail(current, cause),
    );
  }

  /** A request and a send end by their own timeout. Any other frame would hold up the frames behind it without end. */
  #limit(current: Current<T>): void {
    const { kind } = current.subject;
    const { requestTimeout } = this.#context.config;
    if (kind === 'request' || kind === 'send' || requestTimeout === Infinity) return;
    this.#timer.startPatiently(requestTimeout, () => this.#fail(current, texts.preparedTooLong(requestTimeout), true));
  }

  #fail(current: Current<T>, cause: unknown, isLate = false): void {
    if (this.#current !== current) return;
    const hook = this.#context.overrides.prepareFrame ? 'prepareFrame' : 'prepareRequest';
    const delivery = current.subject.isWritten ? 'unknown' : 'unsent';
    const error =
      cause instanceof MessageTooLargeError
        ? new MessageTooLargeError(cause.limit, cause.message, { delivery })
        : wrapError(texts.hookFailed(hook), cause, { delivery });
    this.#listener.onUnpreparable(current.subject, error, isLate);
  }
}

function infoOf(kind: FrameKind, { id, topics }: Preparable): FrameInfo {
  return { kind, ...(id !== undefined && { requestId: id }), ...(topics && { topics }) };
}
