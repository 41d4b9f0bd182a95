/** A call that ends when a signal aborts. */
export interface Abortable {
  handleEvent(): void;
  /** All calls with this signal have ended: now this call may write. */
  afterAbort?(): void;
}

const listenersOf = new WeakMap<AbortSignal, AbortListeners>();

/** The calls that end with one signal, in the order of `listenToAbort()`. */
class AbortListeners {
  readonly calls = new Set<Abortable>();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Ends all calls. A call may take other calls out of the set while it ends; these are skipped. */
  handleEvent(): void {
    const ended: Abortable[] = [];
    for (const call of this.calls) {
      call.handleEvent();
      ended.push(call);
    }
    listenersOf.delete(this.#signal);
    for (const call of ended) call.afterAbort?.();
  }
}

/**
 * Ends a call when a signal aborts. All calls with the same signal share one listener: an application may pass one
 * signal to hundreds of calls, and Node prints a leak warning for more than ten listeners on one signal.
 */
export function listenToAbort(signal: AbortSignal, call: Abortable): void {
  let listeners = listenersOf.get(signal);
  if (!listeners) {
    listeners = new AbortListeners(signal);
    listenersOf.set(signal, listeners);
    signal.addEventListener('abort', listeners, { once: true });
  }
  listeners.calls.add(call);
}

/** Stops listening for a call. */
export function forgetAbort(signal: AbortSignal, call: Abortable): void {
  const listeners = listenersOf.get(signal);
  if (!listeners?.calls.delete(call) || listeners.calls.size > 0) return;
  listenersOf.delete(signal);
  signal.removeEventListener('abort', listeners);
}
