import type { Context } from '../context.js';
import type { Outbox } from '../outbound/outbox.js';
import type { Drain } from '../requests/drain.js';
import { Timer } from '../util/timer.js';
import type { Probe } from './heartbeat.js';

/** Milliseconds without a sign of life after the first ping, after which a link is given up. */
const SILENCE = 1_000;

/**
 * The planned end of a connection: written requests get their answers and subscriptions their confirmations, for at most
 * `leaveTimeout`. The state stays `ready` and updates flow meanwhile; new calls wait for the next connection.
 */
export class Leaving {
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #drain: Drain;
  readonly #probe: Probe;
  readonly #timer: Timer;
  readonly #silence: Timer;
  /** Active between the last answer and the look whether it was the last one. */
  readonly #turn: Timer;

  constructor(context: Context, outbox: Outbox, drain: Drain, probe: Probe) {
    this.#context = context;
    this.#outbox = outbox;
    this.#drain = drain;
    this.#probe = probe;
    this.#timer = new Timer(context.runtime.clock);
    this.#silence = new Timer(context.runtime.clock);
    this.#turn = new Timer(context.runtime.clock);
  }

  get isUnderWay(): boolean {
    return this.#timer.active;
  }

  /** @param done - called once, with whether the link gave no sign of life */
  start(timeout: number, done: (isSilent: boolean) => void): void {
    const end = (isSilent: boolean) => {
      this.stop();
      done(isSilent);
    };
    this.#outbox.leave();
    this.#timer.startPatiently(timeout, () => end(false));
    // Code that sees this may ask for the end once more, or close the client.
    this.#context.trace.effect('leave', { timeout });
    if (!this.isUnderWay) return;
    // A notice of the server was a sign of life.
    if (!this.#drain.isAwaiting) return this.#look(() => end(false));
    const wait = this.#context.gate.isPaused ? undefined : this.#probe.send();
    if (wait !== undefined) this.#watch(wait + SILENCE, () => end(true));
    this.#drain.whenAnswered(() => this.#look(() => end(false)));
  }

  /**
   * Calls back if nothing is awaited after the task at hand. What the same read has brought is handed out first, also the
   * close of the server, and what code asks for that sees it is written first.
   */
  #look(answered: () => void): void {
    this.#turn.startPatiently(0, () => {
      if (this.#drain.isAwaiting) this.#drain.whenAnswered(() => this.#look(answered));
      else answered();
    });
  }

  /** Calls back after so long without a byte. */
  #watch(duration: number, silent: () => void): void {
    const { bytesReceived, bytesSent } = this.#probe;
    this.#silence.startPatiently(duration, () => {
      const hasMoved = this.#probe.bytesReceived !== bytesReceived || this.#probe.bytesSent !== bytesSent;
      if (hasMoved) this.#watch(SILENCE, silent);
      else silent();
    });
  }

  /** Nothing is read any more: silence proves nothing. */
  pause(): void {
    this.#silence.stop();
  }

  /** A sign of life came in. */
  alive(): void {
    this.#silence.stop();
  }

  /** The connection ends for another reason. */
  stop(): void {
    this.#timer.stop();
    this.#silence.stop();
    this.#turn.stop();
    this.#drain.stopAwaiting();
  }
}
