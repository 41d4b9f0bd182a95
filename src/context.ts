import type { WebSocketConfig } from './config.js';
import type { ClientEvents } from './events.js';
import type { ProtocolHandler } from './protocol/protocol-handler.js';
import type { Runtime } from './runtime.js';
import type { Trace } from './trace.js';

/** What the parts of one connection share. */
export interface Context {
  readonly config: WebSocketConfig;
  readonly handler: ProtocolHandler<object, object>;
  readonly runtime: Runtime;
  readonly trace: Trace;
  readonly counters: Counters;
  /** Tells the application; false when nobody listens. */
  emit<K extends keyof ClientEvents>(event: K, ...args: ClientEvents[K]): boolean;
  /** A promise was settled by the frame at hand: the next one has to wait until the code behind it ran (R7). */
  settled(): void;
}

/** What `stats()` counts over the client's life. */
export interface Counters {
  /** Frames that came in. */
  received: number;
  /** Frames that were parsed. */
  parsed: number;
  /** Frames that were written. */
  sent: number;
  /** Updates that a full or conflating channel let go, or that nobody reads. */
  dropped: number;
  reconnects: number;
}

export function isThenable<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}
