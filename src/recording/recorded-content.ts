import type { SocketError } from '../runtime.js';
import { fromBase64 } from './base64.js';
import type { RecordedEvent, RecordedFrame } from './recording-event.js';
import * as texts from './texts.js';

/** The content of a recorded frame; undefined if only its size was recorded. */
export function contentOf(frame: RecordedFrame): string | Uint8Array | undefined {
  if ('text' in frame) return frame.text;
  return 'base64' in frame ? fromBase64(frame.base64) : undefined;
}

/** A recorded failure as a socket reports it. */
export function failureOf({ message, status, retryAfter }: Extract<RecordedEvent, { event: 'error' }>): SocketError {
  return {
    cause: new Error(texts.refused(message)),
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
