import type { ConnectionState } from './connection-state.js';
import type { Clock } from './runtime.js';

/** What happened inside the client, one entry per transition, frame and effect. `time` is Unix milliseconds. */
export type TraceEntry = { readonly time: number } & TraceDetail;

export type TraceDetail =
  | {
      readonly type: 'transition';
      readonly from: ConnectionState;
      readonly to: ConnectionState;
      readonly event: string;
      readonly cause?: string;
    }
  | {
      readonly type: 'frame';
      readonly direction: 'in' | 'out';
      /** The frame's text with its secrets masked; of a binary frame its size. */
      readonly text: string;
    }
  | { readonly type: 'effect'; readonly effect: string; readonly detail?: Readonly<Record<string, unknown>> };

export type TraceSink = (entry: TraceEntry) => void;

/** Hands entries to whoever listens; costs one comparison where nobody does. */
export class Trace {
  readonly #clock: Clock;
  readonly #redact: (text: string) => string;
  readonly #sinks = new Set<TraceSink>();

  constructor(clock: Clock, redact: (text: string) => string) {
    this.#clock = clock;
    this.#redact = redact;
  }

  /** Starts to tell; returns a function that stops it. */
  add(sink: TraceSink): () => void {
    // A wrapper of its own, so that the same function added twice is told twice and stopped one by one.
    const own: TraceSink = (entry) => sink(entry);
    this.#sinks.add(own);
    return () => void this.#sinks.delete(own);
  }

  /** Whether anybody listens: what an entry tells is not worth putting together otherwise. */
  get isOn(): boolean {
    return this.#sinks.size > 0;
  }

  frame(direction: 'in' | 'out', frame: string | Uint8Array): void {
    if (this.#sinks.size === 0) return;
    const text = typeof frame === 'string' ? this.#masked(frame) : `<${frame.byteLength} bytes>`;
    this.#write({ type: 'frame', direction, text });
  }

  effect(effect: string, detail?: Readonly<Record<string, unknown>>): void {
    if (this.#sinks.size > 0) this.#write(detail ? { type: 'effect', effect, detail } : { type: 'effect', effect });
  }

  transition(from: ConnectionState, to: ConnectionState, event: string, cause: string | undefined): void {
    if (this.#sinks.size > 0)
      this.#write({
        type: 'transition',
        from,
        to,
        event,
        ...(cause === undefined ? {} : { cause: this.#masked(cause) }),
      });
  }

  /** A handler that cannot mask a text must not let its secrets out. */
  #masked(text: string): string {
    try {
      return this.#redact(text);
    } catch {
      return `<${text.length} characters>`;
    }
  }

  #write(detail: TraceDetail): void {
    const entry: TraceEntry = { time: wallTime(this.#clock), ...detail };
    for (const sink of this.#sinks) {
      try {
        sink(entry);
      } catch {
        // A sink is a means of diagnosis: its failure is not the application's.
      }
    }
  }
}

/** Unix milliseconds, of a clock that may not tell them. */
export function wallTime(clock: Clock): number {
  return clock.wallTime ? clock.wallTime() : clock.now();
}
