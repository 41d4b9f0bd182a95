import { ConfigError } from '../../errors.js';
import { isObject } from '../../util/options.js';
import * as texts from './texts.js';

/** The parts of a topic such as `books?instId=BTC-USDT`, as a handler gives them. A part without a value is left out. */
export type QueryParts<Name extends string, Key extends string> = { readonly [N in Name]: string } & {
  readonly [K in Key]?: string | number | undefined;
};

/** Turns an object of parts into a topic `name?key=value&key2=value2`, and back. */
export interface QueryCodec<Name extends string, Key extends string> {
  /**
   * The topic with these parts. Its keys are sorted, so that equal parts give equal topics, in whatever order they are.
   * A key without a value, or not among the `keys` of the codec, is left out.
   * @throws ConfigError for a part that `parse` would not return: no text or number, an empty name, a name with `?`, a
   *   value with `&`, a key that is empty or contains `=` or `&`
   */
  format(parts: QueryParts<Name, Key>): string;
  /**
   * The parts of a topic, in whatever order its keys are; undefined if the topic has another form, a key twice, or a key
   * that is not among the `keys` of the codec. Never throws.
   */
  parse(topic: string): ({ [N in Name]: string } & { [K in Key]?: string }) | undefined;
}

/**
 * Topics of several fields in the form `channel?k=v&k2=v2`, for protocols that name a stream by an object.
 *
 * @param name - the member that stands before the `?`
 * @param keys - the other members that belong to the topic; further ones, such as an account id that the server adds,
 *   are left out of it
 *   @default undefined: all members belong to the topic
 * @throws ConfigError for a wrong name or key
 *
 * @example
 * ```ts
 * const topics = queryCodec('channel', ['instId', 'instType']);
 * topics.format({ instId: 'BTC-USDT', channel: 'books' }); // 'books?instId=BTC-USDT'
 * topics.parse('books?instId=BTC-USDT'); // { channel: 'books', instId: 'BTC-USDT' }
 * topics.parse('account'); // { channel: 'account' }
 * ```
 */
export function queryCodec<const Name extends string, const Key extends string = string>(
  name: Name,
  keys?: readonly Key[],
): QueryCodec<Name, Key> {
  if (typeof name !== 'string' || name === '') throw new ConfigError('name', name, texts.MEMBER_NAME);
  if (keys && !(Array.isArray(keys) && keys.every((key) => isKey(key, name)))) {
    throw new ConfigError('keys', keys, texts.QUERY_KEYS);
  }
  const sorted = keys && [...new Set<string>(keys)].sort();
  const known = sorted && new Set(sorted);

  return {
    format(given) {
      const parts: unknown = given;
      if (!isObject(parts)) throw new ConfigError('parts', parts, texts.QUERY_PARTS);
      const head = parts[name];
      if (typeof head !== 'string' || head === '' || head.includes('?')) {
        throw new ConfigError(name, head, texts.QUERY_NAME);
      }
      let topic = head;
      let mark = '?';
      for (const key of sorted ?? Object.keys(parts).sort()) {
        const value = parts[key];
        if (key === name || value === undefined || value === null) continue;
        if (!isKey(key, name)) throw new ConfigError(key, value, texts.QUERY_KEYS);
        topic += `${mark}${key}=${readValue(key, value)}`;
        mark = '&';
      }
      return topic;
    },
    parse(topic) {
      if (typeof topic !== 'string') return undefined;
      const mark = topic.indexOf('?');
      const parts = new Map([[name as string, mark < 0 ? topic : topic.slice(0, mark)]]);
      if (parts.get(name) === '') return undefined;
      for (const pair of mark < 0 ? [] : topic.slice(mark + 1).split('&')) {
        const equals = pair.indexOf('=');
        const key = pair.slice(0, equals);
        if (equals < 1 || parts.has(key) || (known && !known.has(key))) return undefined;
        parts.set(key, pair.slice(equals + 1));
      }
      return Object.fromEntries(parts) as { [N in Name]: string } & { [K in Key]?: string };
    },
  };
}

function isKey(key: unknown, name: string): boolean {
  return typeof key === 'string' && key !== name && /^[^=&]+$/.test(key);
}

function readValue(key: string, value: unknown): string {
  const isValue = typeof value === 'string' ? !value.includes('&') : Number.isFinite(value);
  if (!isValue) throw new ConfigError(key, value, texts.QUERY_VALUE);
  return String(value);
}
