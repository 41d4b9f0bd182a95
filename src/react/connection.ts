import type { ClientStats } from '../client-stats.js';
import type { ConnectionState } from '../connection-state.js';
import type { AnyTransportError } from '../errors.js';

/** The events after which a connection may look different. */
export const CONNECTION_EVENTS = ['stateChange', 'connecting', 'ready', 'reconnecting', 'closed'] as const;

type ConnectionEvent = (typeof CONNECTION_EVENTS)[number] | 'error';

/** What `useConnection()` needs of a client; `WebSocketClient` and `WorkerClient` have it. */
export interface ConnectionSource {
  readonly state: ConnectionState;
  readonly epoch: number;
  readonly lastError: AnyTransportError | undefined;
  stats(): Pick<ClientStats, 'attempt' | 'nextAttemptAt'>;
  connect(): Promise<void>;
  close(): Promise<void>;
  on(event: ConnectionEvent, listener: () => void): unknown;
  off(event: ConnectionEvent, listener: () => void): unknown;
}

/** What a client is doing. The same object while nothing has changed. */
export interface Connection<Client> {
  /** The client; `undefined` on a server, and until the hook has made it. */
  readonly client: Client;
  readonly state: ConnectionState;
  /** How many sockets have reached `ready`. */
  readonly epoch: number;
  /** The latest error of the client, or why the connection or an attempt failed last. It stays after a reconnect. */
  readonly lastError: AnyTransportError | undefined;
  /** Before `ready`: the number of the next or current attempt, counted from 1; 0 for the first one, and in `ready`. */
  readonly attempt: number;
  /** While the client is `reconnecting`: when the next attempt starts, in Unix milliseconds. */
  readonly retryAt: number | undefined;
}

/** A client that is not connected: what a server renders, and a page first. */
export function disconnected<Client>(client: Client): Connection<Client> {
  return { client, state: 'disconnected', epoch: 0, lastError: undefined, attempt: 0, retryAt: undefined };
}

export function connectionOf<Client extends ConnectionSource>(client: Client): Connection<Client> {
  const { state, epoch, lastError } = client;
  const { attempt, nextAttemptAt } = client.stats();
  return {
    client,
    state,
    epoch,
    lastError,
    attempt: state === 'ready' ? 0 : attempt,
    retryAt: state === 'reconnecting' ? nextAttemptAt : undefined,
  };
}

export function isClient(value: unknown): value is ConnectionSource {
  const { connect, on } = (value ?? {}) as Partial<ConnectionSource>;
  return typeof connect === 'function' && typeof on === 'function';
}
