import { limitsOf } from '../ask-handler.js';
import type { ConnectionStatus } from '../connection-state.js';
import type { Context } from '../context.js';
import { CapacityExceededError, ConnectionClosedError, MessageTooLargeError, ProtocolError } from '../errors.js';
import type { Priority } from '../outbound/outbound-call.js';
import type { Outbox } from '../outbound/outbox.js';
import { byteLength, isBytes } from '../protocol/frames.js';
import type { Frame } from '../protocol/handler-types.js';
import * as texts from '../texts.js';
import { wrapError } from '../util/wrap-error.js';
import { checkCapacity } from './capacity.js';
import type { RetryPolicy } from './pending-request.js';

/** What matters of a call before it is accepted. */
export interface Admissible {
  readonly retry: RetryPolicy;
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
}

/** Checks whether a call can be accepted. Every error that it throws is `unsent`. */
export class Admission {
  readonly #context: Context;
  readonly #status: ConnectionStatus;
  readonly #outbox: Outbox;

  constructor(context: Context, status: ConnectionStatus, outbox: Outbox) {
    this.#context = context;
    this.#status = status;
    this.#outbox = outbox;
  }

  /**
   * The code of the handler that runs here may close the client or abort the call, so both are looked at last.
   * @throws AnyTransportError when the call cannot be accepted; the signal's reason if it has aborted
   */
  admit(frame: Frame, call: Admissible): void {
    this.#checkState(call.retry);
    const { waiting } = this.#outbox;
    if (this.#status.calls === 'wait' || waiting > 0) {
      const { commandChannelCapacity, maxBufferedBytes } = this.#context.config;
      checkCapacity('commandChannelCapacity', commandChannelCapacity, waiting, call.priority, texts.TOO_MANY_WAITING);
      if (this.#outbox.waitingBytes + frame.length > maxBufferedBytes) {
        throw new CapacityExceededError('maxBufferedBytes', maxBufferedBytes, texts.TOO_MUCH_WAITING, {
          delivery: 'unsent',
        });
      }
    }
    const limit = limitsOf(this.#context).bytesPerFrame ?? Infinity;
    if (limit !== Infinity) {
      const bytes = byteLength(frame);
      if (bytes > limit) {
        throw new MessageTooLargeError(limit, texts.frameTooLarge(bytes, limit), { delivery: 'unsent' });
      }
    }
    if (call.signal?.aborted) throw call.signal.reason;
    this.#checkState(call.retry);
  }

  /** @throws ConnectionClosedError when the state of the client allows no such call */
  #checkState(retry: RetryPolicy): void {
    const { state, calls: policy } = this.#status;
    if (policy === 'reject') {
      throw new ConnectionClosedError(texts.clientIs(state), { delivery: 'unsent', retryable: false });
    }
    if (retry === 'never' && (policy === 'wait' || this.#outbox.isLeaving)) {
      throw new ConnectionClosedError(texts.notReady(policy === 'wait' ? state : 'about to be replaced'), {
        delivery: 'unsent',
      });
    }
  }
}

/** Writes payloads; a handler does. */
interface Writer {
  stringify(value: unknown): string;
}

/**
 * The text of a payload.
 * @throws ProtocolError for a payload that cannot be serialised
 */
export function serialise(payload: unknown, writer: Writer): string {
  try {
    const text: unknown = writer.stringify(payload);
    if (typeof text === 'string') return text;
  } catch (cause) {
    throw wrapError(texts.UNSERIALISABLE, cause, { delivery: 'unsent' });
  }
  throw new ProtocolError(texts.notJson(typeof payload), { delivery: 'unsent' });
}

/**
 * The application's own frame. Bytes are copied, because a frame that waits must leave as it was passed.
 * @throws ProtocolError for anything but text and bytes
 */
export function ownFrame(frame: Frame): Frame {
  if (typeof frame === 'string') return frame;
  if (isBytes(frame)) return new Uint8Array(frame);
  throw new ProtocolError(texts.NEITHER_TEXT_NOR_BYTES, { delivery: 'unsent' });
}
