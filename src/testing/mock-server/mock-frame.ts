/** One frame to send: a string as text, bytes as a binary frame, any other object as JSON text. */
export type MockFrame = string | Uint8Array | object;

export function encodeFrame(frame: MockFrame): string | Uint8Array {
  return typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
}
