import type { TransportError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { Frame } from '../protocol/handler-types.js';

/** A request or a send on its way to the socket. */
export interface OutboundCall {
  readonly frame: Frame;
  /** The id of a request. A send has none. */
  readonly id?: RequestId;
  /** Whether the frame is the application's own, and leaves unchanged. */
  readonly raw?: boolean;
  /** The bytes were handed to the socket. */
  onWritten(): void;
  /** The frame can never be written. */
  onUnwritable(error: TransportError): void;
}
