import type { ConnectionState } from './connection-state.js';
import type { Clock } from './runtime.js';
import { isThenable } from './util/promises.js';
import { wallTime } from './util/wall-time.js';

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
      /** The frame's text with its secrets masked; for a binary frame its size. */
      readonly text: string;
    }
  | { readonly type: 'effect'; readonly effect: string; readonly detail?: Readonly<Record<string, unknown>> };

export type TraceSink = (entry: TraceEntry) => void;

/** Hands entries to the sinks. Without a sink it costs one comparison. */
export class Trace {
  readonly #clock: Clock;
  readonly #redact: (text: string) => string;
  readonly #sinks = new Set<TraceSink>();
  #login = new Set<string | Uint8Array>();
  #isLoginOpen = false;

  constructor(clock: Clock, redact: (text: string) => string) {
    this.#clock = clock;
    this.#redact = redact;
  }

  /** Adds a sink. Returns a function that removes it. */
  add(sink: TraceSink): () => void {
    // A wrapper, so that the same function can be added twice and removed one by one.
    const own: TraceSink = (entry) => sink(entry);
    this.#sinks.add(own);
    return () => void this.#sinks.delete(own);
  }

  /** Whether there is a sink. Without one, an entry need not be built. */
  get isOn(): boolean {
    return this.#sinks.size > 0;
  }

  frame(direction: 'in' | 'out', frame: string | Uint8Array): void {
    if (this.#sinks.size === 0) return;
    this.#write({ type: 'frame', direction, text: this.#textOf(direction, frame) });
  }

  /** A login begins. Its frames, and what comes in until it ends, are secrets as a whole. */
  loginStarted(frames: readonly (string | Uint8Array)[]): void {
    this.#login = new Set(frames);
    this.#isLoginOpen = true;
  }

  /** The client answers a frame of the server: during a login, a challenge. */
  replied(frames: readonly (string | Uint8Array)[]): void {
    if (this.#isLoginOpen) for (const frame of frames) this.#login.add(frame);
  }

  /** The login has ended. Its frames may still wait to be written. */
  loginEnded(): void {
    this.#isLoginOpen = false;
  }

  effect(effect: string, detail?: Readonly<Record<string, unknown>>): void {
    if (this.#sinks.size === 0) return;
    this.#write({ type: 'effect', effect, ...(detail ? { detail: this.#maskedDetail(detail) } : {}) });
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

  #textOf(direction: 'in' | 'out', frame: string | Uint8Array): string {
    const isSecret = direction === 'in' ? this.#isLoginOpen : this.#login.has(frame);
    const ofLogin = isSecret ? ' of a login' : '';
    if (typeof frame !== 'string') return `<${frame.byteLength} bytes${ofLogin}>`;
    return isSecret ? `<${frame.length} characters${ofLogin}>` : this.#masked(frame);
  }

  /** The texts of an effect, masked. */
  #maskedDetail(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const masked = Object.entries(detail).map(([name, value]) => [
      name,
      typeof value === 'string' ? this.#masked(value) : value,
    ]);
    return Object.fromEntries(masked);
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
      // A sink is a tool for diagnosis: its failure must not harm the application, not even a later failure.
      try {
        const result: unknown = sink(entry);
        if (isThenable(result)) void result.then(undefined, () => {});
      } catch {
        // As above.
      }
    }
  }
}
