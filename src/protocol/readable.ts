import { ProtocolError } from '../errors.js';
import * as texts from '../texts.js';
import type { Message } from './message.js';

/**
 * The parsed message.
 * @throws ProtocolError if it cannot be parsed: what cannot be read is no success
 */
export function readable(message: Message): unknown {
  const { json } = message;
  if (json === undefined) throw new ProtocolError(texts.UNREADABLE);
  return json;
}
