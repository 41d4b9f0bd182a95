import type { Context } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import type { Outbox } from '../outbound/outbox.js';
import type { Frame } from '../protocol/handler-types.js';
import type { DeadlineQueue } from '../util/deadline-queue.js';
import { checkAll } from '../util/options.js';
import { handled } from '../util/promises.js';
import { type Admission, ownFrame, serialise } from './admission.js';
import { type CallOptions, callRules } from './call-options.js';
import { closedError } from './closed-error.js';
import type { Drain } from './drain.js';
import { PendingSend, type SendOwner } from './pending-send.js';

/** The application's frames that want no answer, from the call until they are handed to the socket. */
export class Sends implements SendOwner {
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #admission: Admission;
  readonly #drain: Drain;
  readonly #deadlines: DeadlineQueue;
  readonly #waiting = new Set<PendingSend>();

  constructor(context: Context, outbox: Outbox, admission: Admission, drain: Drain, deadlines: DeadlineQueue) {
    this.#context = context;
    this.#outbox = outbox;
    this.#admission = admission;
    this.#drain = drain;
    this.#deadlines = deadlines;
  }

  /** Resolves when the frame was handed to the socket. */
  send(frame: Frame, options: CallOptions = {}): Promise<void> {
    return this.#call(options, () => ownFrame(frame));
  }

  sendJson(payload: unknown, options: CallOptions = {}): Promise<void> {
    return this.#call(options, () => serialise(payload, this.#context.handler));
  }

  /** The client ends: every frame that waits fails. */
  close(error: AnyTransportError): void {
    for (const send of [...this.#waiting]) {
      send.onUnwritable(closedError(error, send.isUnwritten ? 'unsent' : 'unknown'));
    }
    this.#deadlines.stop();
  }

  isWaiting(send: PendingSend): boolean {
    return this.#waiting.has(send);
  }

  onEnded(send: PendingSend): void {
    this.#waiting.delete(send);
    this.#deadlines.delete(send);
    this.#outbox.delete(send);
    if (this.#outbox.waiting === 0) this.#drain.check();
  }

  #call(options: CallOptions, frame: () => Frame): Promise<void> {
    try {
      checkAll(options, callRules);
      const { maxWait = Infinity, priority = 'normal', signal, ...rest } = options;
      if (signal?.aborted) throw signal.reason;
      // Both end with the write, so the shorter one counts.
      const timeout = Math.min(rest.timeout ?? this.#context.config.requestTimeout, maxWait);
      const bytes = frame();
      this.#admission.admit(bytes, { retry: 'unsent', priority, signal });
      const send = new PendingSend(this, bytes, { priority, timeout, signal });
      this.#waiting.add(send);
      this.#deadlines.add(send, timeout);
      this.#outbox.add(send);
      return handled(send.promise);
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }
}
