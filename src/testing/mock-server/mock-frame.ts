import { isFrame } from '../../protocol/frames.js';

/** One frame to send: a string as text, bytes as a binary frame, any other object as JSON text. */
export type MockFrame = string | Uint8Array | object;

export function encodeFrame(frame: MockFrame): string | Uint8Array {
  return isFrame(frame) ? frame : JSON.stringify(frame);
}
