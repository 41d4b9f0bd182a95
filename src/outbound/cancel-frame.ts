import type { Frame } from '../protocol/handler-types.js';
import type { OutboundCall } from './outbound-call.js';

/** A frame that cancels a written request. It makes sense only on the connection that carried the request. */
export class CancelFrame implements OutboundCall {
  readonly frame: Frame;
  readonly raw = true;
  readonly priority = 'high';
  readonly isBound = true;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  onLeaving(): void {}
  onWritten(): void {}
  onUnwritable(): void {}
  handleEvent(): void {}

  /** The connection ended, and the frame with it. */
  onRefused(): boolean {
    return false;
  }
}
