import type { Frame, Frames } from './handler-types.js';

/** What a handler built, as a list. */
export function listFrames(frames: Frames): readonly Frame[] {
  if (frames === null || frames === undefined) return [];
  return typeof frames === 'string' || frames instanceof Uint8Array ? [frames] : frames;
}

/** Whether a handler built nothing. */
export function isEmpty(frames: Frames): boolean {
  return frames === null || frames === undefined || frames.length === 0;
}

/** The size of a frame's payload on the wire. */
export function byteLength(frame: Frame): number {
  return typeof frame === 'string' ? utf8Length(frame) : frame.byteLength;
}

/** The bytes that a text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes += code > 0x7ff ? (code >= 0xd800 && code <= 0xdfff ? 1 : 2) : 1;
  }
  return bytes;
}
