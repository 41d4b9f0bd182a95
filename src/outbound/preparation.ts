import type { Context } from '../context.js';
import type { ProtocolError } from '../errors.js';
import { isFrame } from '../protocol/frames.js';
import type { Frame } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { isThenable } from '../util/promises.js';
import { wrapError } from '../util/wrap-error.js';
import type { OutboundCall } from './outbound-call.js';

export interface PreparationListener {
  /** An asynchronous preparation is done. */
  onPrepared(): void;
  /** The handler failed: this call can never be written. */
  onUnpreparable(call: OutboundCall, error: ProtocolError): void;
}

/** A call that the handler is preparing, and its frame once that is done. */
interface Current {
  readonly call: OutboundCall;
  frame: Frame | undefined;
}

/** Asks the handler for the last change to a request before it is written. One call is prepared at a time. */
export class Preparation {
  readonly #context: Context;
  readonly #listener: PreparationListener;
  #current: Current | undefined;

  constructor(context: Context, listener: PreparationListener) {
    this.#context = context;
    this.#listener = listener;
  }

  /** Whether frames leave as they are. */
  get isIdle(): boolean {
    return !this.#context.overrides.prepareRequest;
  }

  /** Whether the handler is still preparing a call. */
  get isPending(): boolean {
    return this.#current !== undefined && this.#current.frame === undefined;
  }

  isPreparing(call: OutboundCall): boolean {
    return this.#current?.call === call;
  }

  /** The frame as it is to be written; nothing if the handler takes its time, if it failed, or if it ended the call. */
  frameOf(call: OutboundCall): Frame | undefined {
    const { id, raw } = call;
    if (this.#current?.call === call) return this.#current.frame;
    if (id === undefined || raw || this.isIdle) return call.frame;
    // Set before the handler is asked: its code may end this call, or make another call.
    const current: Current = { call, frame: undefined };
    this.#current = current;
    try {
      const text = typeof call.frame === 'string' ? call.frame : new TextDecoder().decode(call.frame);
      const prepared = this.#context.handler.prepareRequest(text, id);
      if (isThenable(prepared)) this.#await(current, prepared);
      else if (this.#current === current) current.frame = checked(prepared);
    } catch (cause) {
      this.#fail(current, cause);
    }
    return current.frame;
  }

  /** Forgets the current call: it was written or taken back, or has to be prepared afresh for another connection. */
  stop(): void {
    this.#current = undefined;
  }

  #await(current: Current, prepared: Promise<Frame>): void {
    prepared.then(
      (frame) => {
        if (this.#current !== current) return;
        try {
          current.frame = checked(frame);
        } catch (cause) {
          return this.#fail(current, cause);
        }
        this.#listener.onPrepared();
      },
      (cause) => this.#fail(current, cause),
    );
  }

  #fail(current: Current, cause: unknown): void {
    if (this.#current !== current) return;
    const error = wrapError(texts.hookFailed('prepareRequest'), cause, { delivery: 'unsent' });
    this.#listener.onUnpreparable(current.call, error);
  }
}

/** A handler that builds nothing would hold up every call behind this call. */
function checked(frame: Frame): Frame {
  if (isFrame(frame)) return frame;
  throw new TypeError(texts.NO_FRAME);
}
