/** Something that ends when a signal aborts. */
export interface Abortable {
  handleEvent(): void;
}

const shared = new WeakMap<AbortSignal, AbortListeners>();

/** All that listen to one signal, in the order in which they came. */
class AbortListeners {
  readonly all = new Set<Abortable>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** One that is told may end others, which are not told any more. */
  handleEvent(): void {
    for (const one of this.all) one.handleEvent();
    shared.delete(this.#signal);
  }
}

/**
 * Listens to a signal, with one listener for all calls that share it: an application may hand one signal to everything
 * that it starts, and Node takes more than ten listeners for a leak and warns of it.
 */
export function listenToAbort(signal: AbortSignal, one: Abortable): void {
  let listeners = shared.get(signal);
  if (!listeners) {
    listeners = new AbortListeners(signal);
    shared.set(signal, listeners);
    signal.addEventListener('abort', listeners, { once: true });
  }
  listeners.all.add(one);
}

export function forgetAbort(signal: AbortSignal, one: Abortable): void {
  const listeners = shared.get(signal);
  if (!listeners?.all.delete(one) || listeners.all.size > 0) return;
  shared.delete(signal);
  signal.removeEventListener('abort', listeners);
}
