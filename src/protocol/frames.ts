import * as texts from '../texts.js';
import { utf8Length } from '../util/utf8.js';
import type { Frame, Frames } from './handler-types.js';

/**
 * The frames that a handler returned, as a list.
 * @throws TypeError for anything except text, bytes, or a list of them
 */
export function listFrames(frames: Frames): readonly Frame[] {
  if (frames === null || frames === undefined) return [];
  const list = isFrame(frames) ? [frames] : frames;
  if (Array.isArray(list) && list.every(isFrame)) return list;
  throw new TypeError(texts.NO_FRAME);
}

/** Whether a value is text or bytes. */
export function isFrame(value: unknown): value is Frame {
  return typeof value === 'string' || isBytes(value);
}

/** Whether a value is a list of bytes, also of another realm, which has a Uint8Array of its own. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array).BYTES_PER_ELEMENT === 1;
}

/** Whether a handler returned no frame. */
export function isEmpty(frames: Frames): boolean {
  return frames === null || frames === undefined || frames.length === 0;
}

/** The size of a frame's payload in bytes. */
export function byteLength(frame: Frame): number {
  return typeof frame === 'string' ? utf8Length(frame) : frame.byteLength;
}
