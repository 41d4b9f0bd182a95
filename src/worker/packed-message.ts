import { Message } from '../protocol/message.js';
import type { PackedMessage } from './wire.js';

/** A message as plain data: its frame, and the text of a binary frame. */
export function packMessage(message: Message): PackedMessage {
  const { raw, text } = message;
  return raw === text ? [raw] : [raw, text];
}

/** On the page, `message.json` is read with `JSON.parse`: a `parse` hook of the handler stays in the worker. */
export function unpackMessage([raw, text]: PackedMessage): Message {
  return new Message(raw, text);
}
