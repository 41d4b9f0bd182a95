import { EventEmitter } from 'eventemitter3';
import type { ProtocolError } from '../errors.js';
import * as texts from '../texts.js';
import { isThenable } from './promises.js';
import { wrapError } from './wrap-error.js';

type Listener<Events extends object, K extends EventEmitter.EventNames<Events>> = EventEmitter.EventListener<Events, K>;

/** How eventemitter3 keeps one listener. */
interface Entry {
  readonly fn: (...args: unknown[]) => unknown;
  readonly context: unknown;
  readonly once: boolean;
}

/** eventemitter3's table of listeners: one entry, or several in order, per event. */
interface Entries {
  readonly _events: Record<PropertyKey, Entry | Entry[] | undefined>;
}

/** What an emitter reports about its listeners. */
export interface ListenerHooks {
  /** A listener was added. */
  listenerAdded(event: PropertyKey): void;
  /** A listener threw, or returned a promise that rejected. */
  listenerFailed(error: ProtocolError): void;
}

/**
 * An EventEmitter whose listeners cannot harm each other (S6). A listener that throws, or that returns a promise that
 * rejects, is reported, and the next listener is called. A listener that is removed during an event is not called for it.
 *
 * eventemitter3's own `emit` stops at the first throw and calls removed listeners, so this class walks its table.
 */
export class IsolatedEmitter<Events extends object> extends EventEmitter<Events> {
  readonly #hooks: ListenerHooks;

  constructor(hooks: ListenerHooks) {
    super();
    this.#hooks = hooks;
  }

  override on<K extends EventEmitter.EventNames<Events>>(
    event: K,
    listener: Listener<Events, K>,
    context?: unknown,
  ): this {
    super.on(event, listener, context);
    this.#hooks.listenerAdded(event);
    return this;
  }

  override addListener<K extends EventEmitter.EventNames<Events>>(
    event: K,
    listener: Listener<Events, K>,
    context?: unknown,
  ): this {
    return this.on(event, listener, context);
  }

  override once<K extends EventEmitter.EventNames<Events>>(
    event: K,
    listener: Listener<Events, K>,
    context?: unknown,
  ): this {
    super.once(event, listener, context);
    this.#hooks.listenerAdded(event);
    return this;
  }

  override emit<K extends EventEmitter.EventNames<Events>>(
    event: K,
    ...args: EventEmitter.EventArgs<Events, K>
  ): boolean {
    const { _events: table } = this as unknown as Entries;
    const entries = table[event];
    if (entries === undefined) return false;
    if (!Array.isArray(entries)) {
      this.#call(event, entries, args);
      return true;
    }
    // Adding a listener extends this array. Removing a listener replaces the array.
    for (let index = 0, count = entries.length; index < count; index++) {
      const entry = entries[index] as Entry;
      if (this.#isLive(event, entries, entry)) this.#call(event, entry, args);
    }
    return true;
  }

  #isLive(event: PropertyKey, entries: Entry[], entry: Entry): boolean {
    const now = (this as unknown as Entries)._events[event];
    return now === entries || now === entry || (Array.isArray(now) && now.includes(entry));
  }

  #call(event: PropertyKey, entry: Entry, args: unknown[]): void {
    if (entry.once) this.#remove(event, entry);
    try {
      const { fn, context } = entry;
      // Most events have two arguments. A call with named arguments needs no array.
      const result = args.length === 2 ? fn.call(context, args[0], args[1]) : fn.apply(context, args);
      // Never `instanceof Promise`: zone.js and other realms have promises of their own.
      if (isThenable(result)) result.then(undefined, (cause) => this.#failed(event, cause));
    } catch (cause) {
      this.#failed(event, cause);
    }
  }

  /** Removes this entry only. `removeListener` would also remove the other entries of the same function. */
  #remove(event: PropertyKey, entry: Entry): void {
    const { _events: table } = this as unknown as Entries;
    const entries = table[event];
    if (!Array.isArray(entries)) {
      this.removeListener(event as never, entry.fn as never, undefined, true);
      return;
    }
    const others = entries.filter((other) => other !== entry);
    table[event] = others.length === 1 ? others[0] : others;
  }

  #failed(event: PropertyKey, cause: unknown): void {
    // An error listener that fails has no other listener that it could be reported to.
    if (event === 'error') return;
    this.#hooks.listenerFailed(wrapError(texts.listenerFailed(String(event)), cause));
  }
}
