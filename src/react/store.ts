import { systemClock } from '../adapters/clock.js';
import { Timer } from '../util/timer.js';

/**
 * Milliseconds from the last listener to the end of what a store holds. StrictMode, Fast Refresh and a change of pages remove
 * listeners and add others at once: the socket and the subscriptions stay. Nobody notices a socket that lives so much longer.
 */
const LINGER = 250;

/**
 * What components read with `useSyncExternalStore`. It begins with its first listener, and ends a moment after its last one.
 * Rendering alone begins nothing: React may throw a rendering away.
 */
export abstract class Store {
  readonly #listeners = new Set<() => void>();
  readonly #linger = new Timer(systemClock);
  #phase: 'resting' | 'running' = 'resting';

  /** Adds a listener; returns what removes it. One function for the life of the store, as React wants it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#linger.stop();
    // What has ended by itself begins anew with each component that is mounted.
    if (this.#phase === 'running' && this.isOver) this.#rest();
    if (this.#phase === 'resting') {
      this.start();
      this.#phase = 'running';
    }
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.attended();
    this.publish();
    return () => this.#leave(listener);
  };

  /** Whether a component listens. */
  protected get isAttended(): boolean {
    return this.#listeners.size > 0;
  }

  /** Whether what the store holds has ended by itself, and can begin anew. */
  protected get isOver(): boolean {
    return false;
  }

  protected abstract start(): void;
  protected abstract stop(): void;

  /** The first listener has come. */
  protected attended(): void {}

  /** The last listener has gone; it may come back. */
  protected deserted(): void {}

  /** The store has stopped for good, unless a listener comes. */
  protected ended(): void {}

  /** Tells the components that they may have to render. */
  protected publish(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #leave(listener: () => void): void {
    if (!this.#listeners.delete(listener) || this.isAttended) return;
    this.deserted();
    this.#linger.start(LINGER, () => {
      this.#rest();
      this.ended();
    });
  }

  #rest(): void {
    this.#phase = 'resting';
    this.stop();
  }
}
