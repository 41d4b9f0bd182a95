import { toBase64 } from './base64.js';
import { type SeenFrame, sizeOf } from './journal.js';
import type { RecordedFrame } from './recording-event.js';

/** What may be shown of a frame. */
export interface FrameMask {
  readonly binary: 'public' | 'all' | 'none';
  redact(text: string): string;
  /** Whether the client has logged in. */
  hasLogin: boolean;
}

/** How the trace shows a frame of a login, and a text that the handler could not mask. */
const HIDDEN = /^<\d+ (?:characters|bytes)(?: of a login)?>$/;
const LOGIN = / of a login>$/;

/**
 * A frame as the recording shows it.
 * @param traced - what the trace of the client shows
 */
export function maskedFrame(frame: SeenFrame, traced: string, mask: FrameMask): RecordedFrame {
  const { data, event } = frame;
  const isLogin = HIDDEN.test(traced) && LOGIN.test(traced);
  if (isLogin) mask.hasLogin = true;
  if (typeof data === 'string') return HIDDEN.test(traced) ? sizeOf(data) : { text: traced };
  // The trace says which frame it means by its size. Any doubt hides the bytes.
  if (traced !== `<${data.byteLength} bytes>`) return sizeOf(data);
  if (mask.binary === 'none') return sizeOf(data);
  const text = textOf(data);
  if (text !== undefined) return { base64: toBase64(new TextEncoder().encode(mask.redact(text))) };
  const isPublic = event === 'in' && !mask.hasLogin;
  return isPublic || mask.binary === 'all' ? { base64: toBase64(data) } : sizeOf(data);
}

/** The text of bytes that are UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
