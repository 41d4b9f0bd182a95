import type { Frame, Frames } from './handler-types.js';

/**
 * What a handler built, as a list.
 * @throws TypeError for anything but text, bytes, or a list of them
 */
export function listFrames(frames: Frames): readonly Frame[] {
  if (frames === null || frames === undefined) return [];
  const list = isFrame(frames) ? [frames] : frames;
  if (Array.isArray(list) && list.every(isFrame)) return list;
  throw new TypeError('it returned neither text nor bytes');
}

export function isFrame(value: unknown): value is Frame {
  return typeof value === 'string' || value instanceof Uint8Array;
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
