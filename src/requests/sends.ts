import type { Context } from '../context.js';
import { RequestTimeoutError, type TransportError } from '../errors.js';
import type { OutboundCall } from '../outbound/outbound-call.js';
import type { Outbox } from '../outbound/outbox.js';
import type { Frame } from '../protocol/handler-types.js';
import { DeadlineQueue, type Expirable } from '../util/deadline-queue.js';
import { handled } from '../util/promises.js';
import { type Admission, ownFrame, serialise } from './admission.js';
import { closedError } from './closed-error.js';
import type { Drain } from './drain.js';

/** The application's frames that want no answer, from the call until they are handed to the socket. */
export class Sends {
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #admission: Admission;
  readonly #drain: Drain;
  readonly #deadlines: DeadlineQueue;
  readonly #waiting = new Set<OutboundCall>();

  constructor(context: Context, outbox: Outbox, admission: Admission, drain: Drain) {
    this.#context = context;
    this.#outbox = outbox;
    this.#admission = admission;
    this.#drain = drain;
    this.#deadlines = new DeadlineQueue(context.runtime.clock);
  }

  /** Resolves when the frame was handed to the socket. */
  send(frame: Frame): Promise<void> {
    return handled(new Promise<void>((resolve, reject) => this.#add(ownFrame(frame), resolve, reject)));
  }

  sendJson(payload: unknown): Promise<void> {
    return handled(new Promise<void>((resolve, reject) => this.#add(serialise(payload), resolve, reject)));
  }

  /** The client ends: every frame that waits fails. */
  close(error: TransportError): void {
    for (const call of [...this.#waiting]) {
      this.#outbox.delete(call);
      call.onUnwritable(closedError(error, 'unsent'));
    }
    this.#deadlines.stop();
  }

  #add(frame: Frame, resolve: () => void, reject: (error: TransportError) => void): void {
    const { requestTimeout } = this.#context.config;
    const settle = (error: TransportError | undefined) => {
      this.#deadlines.delete(call);
      this.#waiting.delete(call);
      if (this.#outbox.waiting === 0) this.#drain.check();
      if (error) reject(error);
      else resolve();
    };
    const call: OutboundCall & Expirable = {
      frame,
      deadline: 0,
      isQueued: false,
      onWritten: () => settle(undefined),
      onUnwritable: settle,
      expire: () => {
        this.#outbox.delete(call);
        settle(new RequestTimeoutError(requestTimeout, undefined, { delivery: 'unsent' }));
      },
    };
    this.#admission.admit(frame, 'unsent');
    this.#waiting.add(call);
    this.#deadlines.add(call, requestTimeout);
    this.#outbox.add(call);
  }
}
