import type { Context } from '../context.js';
import { Timer } from '../util/timer.js';

/** How often the watch looks during one `idleTimeout`. */
const LOOKS = 10;

/** What has come in so far. Bytes where the socket counts them, else whole messages. */
export interface Inflow {
  readonly inflow: number;
}

/** Notices a link on which nothing came in for `idleTimeout`. The only guard of a link that cannot be probed. */
export class IdleWatch {
  readonly #context: Context;
  readonly #source: Inflow;
  readonly #timer: Timer;
  readonly #onIdle: () => void;
  #seen = 0;
  #seenAt = 0;

  constructor(context: Context, source: Inflow, onIdle: () => void) {
    this.#context = context;
    this.#source = source;
    this.#onIdle = onIdle;
    this.#timer = new Timer(context.runtime.clock);
  }

  start(): void {
    if (this.#context.config.idleTimeout === 0) return;
    this.#note();
    this.#wait();
  }

  stop(): void {
    this.#timer.stop();
  }

  #wait(): void {
    const look = this.#context.config.idleTimeout / LOOKS;
    this.#timer.start(look, (lateness) => {
      const { clock } = this.#context.runtime;
      // A late timer says that this host was away. What came in meanwhile may still have to be read.
      if (lateness > look || this.#source.inflow !== this.#seen) this.#note();
      if (clock.now() - this.#seenAt < this.#context.config.idleTimeout) this.#wait();
      else this.#onIdle();
    });
  }

  #note(): void {
    this.#seen = this.#source.inflow;
    this.#seenAt = this.#context.runtime.clock.now();
  }
}
