import type { ConnectionState } from './connection-state.js';
import type { TransportError } from './errors.js';
import type { RequestId } from './identifiers.js';
import type { Message } from './protocol/message.js';
import { IsolatedEmitter } from './util/isolated-emitter.js';

/** Why a client, or a channel, is closed. */
export interface CloseCause {
  /** The close code of RFC 6455 section 7.4; 1000 for an ordinary end. */
  readonly code: number;
  readonly reason: string;
  /** The error that caused the end; missing where the application asked for the end. */
  readonly error?: TransportError;
}

/** Why the connection left a state. */
export interface TransitionCause {
  /** The event of the transition table. */
  readonly event: string;
  readonly reason: string;
  readonly error?: TransportError;
}

/** The next attempt to connect. */
export interface ReconnectingEvent {
  /** The number of the attempt, counted from 1 since the connection was last stable. */
  readonly attempt: number;
  /** Milliseconds until the attempt. */
  readonly delay: number;
  /** Why the last connection, or the last attempt, failed. */
  readonly cause: TransportError;
}

/** The end of a connection. */
export interface DisconnectedEvent {
  /** The close code of RFC 6455 section 7.4; 1006 for an end without a close frame. */
  readonly code: number;
  readonly reason: string;
  /** Missing where the application closed the client. */
  readonly cause: TransportError | undefined;
}

/** A request from the server, with the means to answer it. */
export interface ServerRequestEvent {
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
  /** Sends a result. Only the first answer is sent, and only on the connection that brought the request. */
  respond(result: unknown): void;
  /** Sends an error. Only the first answer is sent, and only on the connection that brought the request. */
  reject(error: { message: string; code?: string | number; data?: unknown }): void;
}

/** News for the application that needs no action. */
export interface Warning {
  /** A stable name, for example `deprecated-handler`. */
  readonly code: string;
  readonly message: string;
  readonly error?: TransportError;
}

/** The events of a client, each with the arguments of its listeners. */
export interface ClientEvents {
  /** The connection changed its state. */
  stateChange: [state: ConnectionState, previous: ConnectionState, cause: TransitionCause];
  /** A socket is being opened. */
  connecting: [];
  /** The socket is open; greeting and authentication follow. */
  connected: [];
  /** The server accepted the credentials. */
  authenticated: [];
  /** Requests and subscriptions leave from now on. */
  ready: [epoch: number];
  /** The connection is lost, or an attempt failed; the next attempt follows after `delay` milliseconds. */
  reconnecting: [event: ReconnectingEvent];
  /** The connection is ready again after a loss. */
  reconnected: [epoch: number];
  /** An open connection has ended. */
  disconnected: [event: DisconnectedEvent];
  /** The client has ended for good. */
  closed: [cause: CloseCause];
  /** A message that no request, subscription or other part took. */
  message: [message: Message];
  /** The server asks something. */
  request: [request: ServerRequestEvent];
  /** News that needs no action. */
  warning: [warning: Warning];
  /** An error that no promise and no channel reports. */
  error: [error: TransportError];
}

/** An emitter of `ClientEvents`; `on()` is documented for each event. */
export abstract class ClientEmitter extends IsolatedEmitter<ClientEvents> {
  /** The connection changed its state. `cause` has the event of the transition table, the reason and the error. */
  override on(
    event: 'stateChange',
    listener: (state: ConnectionState, previous: ConnectionState, cause: TransitionCause) => void,
    context?: unknown,
  ): this;
  /** A socket is being opened. */
  override on(event: 'connecting', listener: () => void, context?: unknown): this;
  /** The socket is open; greeting and authentication follow. */
  override on(event: 'connected', listener: () => void, context?: unknown): this;
  /** The server accepted the credentials. */
  override on(event: 'authenticated', listener: () => void, context?: unknown): this;
  /** Requests and subscriptions leave from now on. `epoch` counts the connections that became ready. */
  override on(event: 'ready', listener: (epoch: number) => void, context?: unknown): this;
  /** The connection is lost, or an attempt failed; the next attempt follows after `delay` milliseconds. */
  override on(event: 'reconnecting', listener: (event: ReconnectingEvent) => void, context?: unknown): this;
  /** The connection is ready again after a loss; `ready` comes before it. */
  override on(event: 'reconnected', listener: (epoch: number) => void, context?: unknown): this;
  /** An open connection has ended; `cause` is missing where the application closed the client. */
  override on(event: 'disconnected', listener: (event: DisconnectedEvent) => void, context?: unknown): this;
  /** The client has ended for good, by `close()` or because it gave up. */
  override on(event: 'closed', listener: (cause: CloseCause) => void, context?: unknown): this;
  /** A message that no request, subscription or other part took. */
  override on(event: 'message', listener: (message: Message) => void, context?: unknown): this;
  /** The server asks something; `respond()` or `reject()` answers. Without a listener the client rejects the request. */
  override on(event: 'request', listener: (request: ServerRequestEvent) => void, context?: unknown): this;
  /** News that needs no action. */
  override on(event: 'warning', listener: (warning: Warning) => void, context?: unknown): this;
  /** An error that no promise and no channel reports, for example a listener that throws. */
  override on(event: 'error', listener: (error: TransportError) => void, context?: unknown): this;
  override on<K extends keyof ClientEvents>(
    event: K,
    listener: (...args: ClientEvents[K]) => void,
    context?: unknown,
  ): this;
  override on(event: never, listener: never, context?: unknown): this {
    return super.on(event, listener, context);
  }
}
