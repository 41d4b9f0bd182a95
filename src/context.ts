import type { WebSocketConfig } from './config.js';
import type { ClientEvents } from './events.js';
import type { HandlerOverrides } from './protocol/handler-overrides.js';
import type { ProtocolHandler } from './protocol/protocol-handler.js';
import type { Runtime } from './runtime.js';
import type { Trace } from './trace.js';
import type { TurnTime } from './util/turn-time.js';

/** What all parts of one client share. */
export interface Context {
  readonly config: WebSocketConfig;
  readonly handler: ProtocolHandler<object, object>;
  readonly overrides: HandlerOverrides;
  readonly runtime: Runtime;
  readonly trace: Trace;
  readonly counters: Counters;
  readonly gate: Gate;
  readonly turnTime: TurnTime;
  /** Emits an event of the client. Returns false if it has no listener. */
  emit<K extends keyof ClientEvents>(event: K, ...args: ClientEvents[K]): boolean;
}

/** The gate in front of the next inbound frame. */
export interface Gate {
  /** A promise was settled: the next frame waits until the code that awaits that promise has run (R7). */
  hold(): void;
  /** Whether nothing is read, because the application paused the connection. */
  readonly isPaused: boolean;
}

/** What `stats()` counts over the client's life. */
export interface Counters {
  /** Frames that came in. */
  received: number;
  /** Frames that were parsed. */
  parsed: number;
  /** Frames that came in and that the handler did not know. */
  unknown: number;
  /** Frames that were written. */
  sent: number;
  /** Updates that a full or conflating channel dropped, or that no reader took. */
  dropped: number;
  reconnects: number;
  /** Unix milliseconds of the last message that came in; `undefined` before the first message. */
  lastMessageAt: number | undefined;
}
