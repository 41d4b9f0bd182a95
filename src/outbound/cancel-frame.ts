import type { Context } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import type { RequestId } from '../identifiers.js';
import type { Frame } from '../protocol/handler-types.js';
import type { OutboundCall } from './outbound-call.js';

/** A frame that cancels a written request. It makes sense only on the connection that carried the request. */
export class CancelFrame implements OutboundCall {
  readonly frame: Frame;
  /** The id of the request to cancel. */
  readonly id: RequestId;
  readonly kind = 'cancel';
  readonly priority = 'high';
  readonly isBound = true;
  readonly #context: Context;

  constructor(context: Context, frame: Frame, id: RequestId) {
    this.#context = context;
    this.frame = frame;
    this.id = id;
  }

  onLeaving(): void {}
  onWritten(): void {}
  handleEvent(): void {}

  /** The call that it cancels has ended: nobody waits for this frame. */
  onUnwritable(error: AnyTransportError): void {
    this.#context.emit('error', error);
  }

  /** The connection ended, and the frame with it. */
  onRefused(): boolean {
    return false;
  }
}
