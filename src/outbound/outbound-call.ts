import type { AnyTransportError } from '../errors.js';
import type { Preparable } from './preparation.js';

/** Which queue a call waits in: `high` goes before `normal`. */
export type Priority = 'normal' | 'high';

/** A request or a send on its way to the socket. */
export interface OutboundCall extends Preparable {
  readonly priority: Priority;
  /** Whether the call belongs to one connection and ends with it. */
  readonly isBound?: boolean;
  /** A call whose signal has aborted is not written, even if the event of the signal is still to come. */
  readonly signal?: AbortSignal | undefined;
  /** The frame is about to be handed to the socket. From here on the call counts as written. */
  onLeaving(): void;
  /** The frame was handed to the socket. */
  onWritten(): void;
  /** The socket did not take the frame. Returns whether the call still waits to be written. */
  onRefused(): boolean;
  /** The frame can never be written. */
  onUnwritable(error: AnyTransportError): void;
  /** The signal has aborted: ends the call. */
  handleEvent(): void;
}
