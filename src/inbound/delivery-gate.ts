import type { Gate } from '../context.js';
import { resolved } from '../util/promises.js';

/** Microtask turns that a settled promise gets before the next frame: one for an `await`, the rest for wrappers. */
const TURNS = 8;

/**
 * Keeps the order of frames and of the code that awaits them: after a frame that settled a promise, the gate is closed
 * until that code has run (R7). One gate serves all connections of a client, one after the other.
 */
export class DeliveryGate implements Gate {
  #turnsLeft = 0;
  #onOpen: (() => void) | undefined;

  /** Whether the next frame has to wait. */
  get isClosed(): boolean {
    return this.#turnsLeft > 0;
  }

  hold(): void {
    if (this.#turnsLeft === 0) void resolved.then(this.#turn);
    this.#turnsLeft = TURNS;
  }

  /** Sets what runs each time the gate opens; the inbox of the live connection. */
  whenOpen(callback: () => void): void {
    this.#onOpen = callback;
  }

  readonly #turn = (): void => {
    if (--this.#turnsLeft > 0) void resolved.then(this.#turn);
    else this.#onOpen?.();
  };
}
