import { readJsonField } from '../../protocol/json-field.js';
import type { Message } from '../../protocol/message.js';
import { maskSecrets } from '../../protocol/secrets.js';
import { asMembers } from '../common/values.js';
import type { Arg } from './args.js';

/** The words before this part changed in 2026, and may change again. */
const NO_SUCH_TOPIC = /wrong url or (channel\s*:.+?)\s+doesn.t exist/i;
const ILLEGAL_REQUEST = /^(.*?illegal request:\s*)(\{.*)$/is;

/** The code of an error, a notice or an answer to a login. */
export function codeOf(message: Message): string {
  return String(message.field('code') ?? '');
}

/** The venue's words. */
export function wordsOf(message: Message): string {
  return String(message.field('msg') ?? '');
}

/** The arg that an error names in its words: `channel:books,instId:NOPE-USDT`. */
export function argInProse(words: string): Arg | undefined {
  const [, list] = NO_SUCH_TOPIC.exec(words) ?? [];
  if (list === undefined) return undefined;
  const pairs = list.split(',').map((pair) => {
    const colon = pair.indexOf(':');
    return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()] as const;
  });
  // The name `channel` may be written in another case, as the other words may.
  return Object.fromEntries(pairs.map(([name, value], at) => [at === 0 ? 'channel' : name, value])) as Arg;
}

/** The id of the request that an error quotes. */
export function quotedId(words: string): string | number | undefined {
  const [, , request] = ILLEGAL_REQUEST.exec(words) ?? [];
  return request === undefined ? undefined : readJsonField(request, 'id');
}

/** The words of an error without the secrets of the request that they may quote, such as a login. */
export function withoutSecrets(words: string): string {
  return words.replace(ILLEGAL_REQUEST, (_, before: string, request: string) => before + maskSecrets(request));
}

/** The text of an error frame, with the words of the error masked. */
export function maskQuote(text: string): string {
  if (!/illegal request/i.test(text)) return text;
  try {
    const frame: unknown = JSON.parse(text);
    const { msg } = asMembers(frame);
    return typeof msg === 'string' ? JSON.stringify({ ...asMembers(frame), msg: withoutSecrets(msg) }) : text;
  } catch {
    return text;
  }
}
