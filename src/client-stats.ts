import type { ConnectionState } from './connection-state.js';
import type { Counters } from './context.js';

/** What the client is doing, as plain data. */
export interface ClientStats extends Counters {
  readonly state: ConnectionState;
  readonly epoch: number;
  /** How many requests have no answer. */
  readonly pendingRequests: number;
  /** How many requests and sends wait to be written. */
  readonly waitingCalls: number;
  /** How many topics have a channel. */
  readonly subscriptions: number;
  /** Milliseconds that the last answered ping took; `undefined` before the first answer. */
  readonly roundTrip: number | undefined;
  /** The number of the next or current attempt, as in `reconnecting`: 0 for the first one. */
  readonly attempt: number;
  /** Unix milliseconds of the next attempt; `undefined` if none is planned. */
  readonly nextAttemptAt: number | undefined;
  /** Unix milliseconds since which the socket is open; `undefined` without an open socket. */
  readonly connectedAt: number | undefined;
  /** Bytes that came in over all connections; `undefined` where the socket does not count them, as in browsers. */
  readonly bytesReceived: number | undefined;
  /** Bytes that left over all connections; `undefined` where the socket does not count them, as in browsers. */
  readonly bytesSent: number | undefined;
  /** How many warnings of each code there were. */
  readonly warnings: Readonly<Record<string, number>>;
}

/** What `JSON.stringify(client)` and a print of a client show. */
export interface ClientSummary {
  readonly url: string;
  readonly state: ConnectionState;
  readonly epoch: number;
  readonly subscriptions: number;
  readonly pendingRequests: number;
  readonly waitingCalls: number;
  readonly lastError?: string;
}
