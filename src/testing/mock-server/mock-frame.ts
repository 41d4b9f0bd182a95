/** One frame: text, bytes (a binary frame), or any other object, which is sent as JSON. */
export type MockFrame = string | Uint8Array | object;

export function encodeFrame(frame: MockFrame): string | Uint8Array {
  return typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame);
}
