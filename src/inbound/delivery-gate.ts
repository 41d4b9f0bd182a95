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
  #isPaused = false;
  #onOpen: (() => void) | undefined;

  /** Whether the next frame has to wait. */
  get isClosed(): boolean {
    return this.#turnsLeft > 0 || this.#isPaused;
  }

  hold(): void {
    if (this.#turnsLeft === 0) void resolved.then(this.#turn);
    this.#turnsLeft = TURNS;
  }

  /** Whether nothing is read until `resume()`. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  /** A new connection: sets what runs each time the gate opens, and ends a pause of the connection before. */
  attach(onOpen: () => void): void {
    this.#isPaused = false;
    this.#onOpen = onOpen;
  }

  readonly #turn = (): void => {
    if (--this.#turnsLeft > 0) void resolved.then(this.#turn);
    else this.#onOpen?.();
  };
}
