import type { Context } from '../context.js';
import * as texts from '../texts.js';
import { Timer } from '../util/timer.js';

/** Milliseconds that a call waits before the application is told that nothing connects. */
const PATIENCE = 1_000;

/** What may wait for a connection that nobody asked for. */
export interface WaitingCalls {
  readonly hasWaiting: boolean;
}

/** Warns once when calls wait and `connect()` was never called. */
export class ConnectReminder {
  readonly #context: Context;
  readonly #calls: readonly WaitingCalls[];
  readonly #timer: Timer;
  #isOver = false;

  constructor(context: Context, calls: readonly WaitingCalls[]) {
    this.#context = context;
    this.#calls = calls;
    this.#timer = new Timer(context.runtime.clock);
  }

  /** A call was made. */
  called(): void {
    if (this.#isOver || this.#timer.active) return;
    this.#timer.start(PATIENCE, () => {
      if (this.#isOver || !this.#calls.some(({ hasWaiting }) => hasWaiting)) return;
      this.stop();
      this.#context.emit('warning', { code: 'never-connected', message: texts.NEVER_CONNECTED });
    });
  }

  /** `connect()` or `close()` was called. */
  stop(): void {
    this.#isOver = true;
    this.#timer.stop();
  }
}
