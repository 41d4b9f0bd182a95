import type { ConnectionState } from './connection-state.js';
import type { AnyTransportError } from './errors.js';
import type { ClientEvents, CloseCause, ServerRequestEvent, TransitionCause, Warning } from './events.js';
import type { Message } from './protocol/message.js';
import type { MessageKind } from './protocol/message-kind.js';
import { IsolatedEmitter } from './util/isolated-emitter.js';

/** The emitter of a client's events. `on()` has one overload per event, so that an editor shows what the event means. */
export abstract class ClientEmitter extends IsolatedEmitter<ClientEvents> {
  /** The connection changed its state. Emitted once per transition, before the event that is named after the new state. */
  override on(
    event: 'stateChange',
    listener: (state: ConnectionState, previous: ConnectionState, cause: TransitionCause) => void,
    context?: unknown,
  ): this;
  /** An attempt to connect has started. */
  override on(event: 'connecting', listener: () => void, context?: unknown): this;
  /** The socket is open. Requests leave later, after `ready`. */
  override on(event: 'connected', listener: () => void, context?: unknown): this;
  /** The server accepted the authentication, of a new connection or of a refresh. */
  override on(event: 'authenticated', listener: () => void, context?: unknown): this;
  /** Requests may leave. `epoch` is 1 for the first connection and grows by 1 with each connection that became ready. */
  override on(event: 'ready', listener: (epoch: number) => void, context?: unknown): this;
  /** The connection or the attempt failed. Attempt number `attempt` starts in `delay` milliseconds. */
  override on(
    event: 'reconnecting',
    listener: (details: ClientEvents['reconnecting'][0]) => void,
    context?: unknown,
  ): this;
  /** A connection is ready again after a loss. Comes right after `ready`. */
  override on(event: 'reconnected', listener: (epoch: number) => void, context?: unknown): this;
  /** An open socket has ended. `cause` is missing if the application asked for the end. */
  override on(
    event: 'disconnected',
    listener: (details: ClientEvents['disconnected'][0]) => void,
    context?: unknown,
  ): this;
  /** The client has ended, by `close()` or because it gave up. Comes once and last. */
  override on(event: 'closed', listener: (cause: CloseCause) => void, context?: unknown): this;
  /** A frame that nothing took: no request, no subscription, no authentication. */
  override on(event: 'message', listener: (message: Message, kind: MessageKind) => void, context?: unknown): this;
  /** The server sent a request. Answer with `respond()` or `reject()`. Without a listener it is rejected. */
  override on(event: 'request', listener: (request: ServerRequestEvent) => void, context?: unknown): this;
  /** Something that the application should know. No action is needed. */
  override on(event: 'warning', listener: (warning: Warning) => void, context?: unknown): this;
  /** An error that no promise and no channel reported. */
  override on(event: 'error', listener: (error: AnyTransportError) => void, context?: unknown): this;
  override on<K extends keyof ClientEvents>(
    event: K,
    listener: (...args: ClientEvents[K]) => void,
    context?: unknown,
  ): this;
  override on(event: never, listener: never, context?: unknown): this {
    return super.on(event, listener, context);
  }
}
