import { ConfigError } from '../../errors.js';
import * as texts from './texts.js';

/** The names of the fields in a pattern. */
export type TopicFields<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | TopicFields<Rest>
  : never;

/** The topics of a pattern: `{channel}.{symbol}` gives `${string}.${string}`. */
export type TopicOf<Pattern extends string> = Pattern extends `${infer Before}{${infer _Name}}${infer Rest}`
  ? `${Before}${string}${TopicOf<Rest>}`
  : Pattern;

/** Turns the parts of a topic into the topic, and back. */
export interface TopicCodec<Pattern extends string> {
  /**
   * The topic with these parts. A number is written in decimal digits.
   * @throws ConfigError for a part that is missing or empty, or that `parse` would not return, because it contains the
   *   text that ends its field; `error.field` is the name of the part
   */
  format(parts: { readonly [Name in TopicFields<Pattern>]: string | number }): TopicOf<Pattern>;
  /** The parts of a topic; undefined if the topic does not match the pattern. Never throws. */
  parse(topic: string): { [Name in TopicFields<Pattern>]: string } | undefined;
}

/** A name between braces. */
const FIELD = /\{([^{}]*)\}/;
const NAME = /^[a-z]\w*$/i;

/**
 * Topics from parts, and parts from topics, by a pattern.
 *
 * A field ends where the text after it in the pattern occurs first. The last field takes the rest, so that it may
 * contain that text: the `symbol` of `tickers.BTC.PERP` is `BTC.PERP`. A field is never empty.
 *
 * @param pattern - the topic with a name in braces for each part; two names need text between them
 * @throws ConfigError if the pattern has no field, a field without a proper name, a name twice, or two fields without
 *   text between them
 *
 * @example
 * ```ts
 * const topics = codec('{channel}.{symbol}');
 * topics.format({ channel: 'tickers', symbol: 'BTCUSDT' }); // 'tickers.BTCUSDT'
 * topics.parse('tickers.BTCUSDT'); // { channel: 'tickers', symbol: 'BTCUSDT' }
 * topics.parse('tickers'); // undefined
 * ```
 */
export function codec<const Pattern extends string>(pattern: Pattern): TopicCodec<Pattern> {
  type Name = TopicFields<Pattern>;
  const { names, literals } = readPattern<Name>(pattern);
  const [head = ''] = literals;

  function parse(topic: string): { [N in Name]: string } | undefined {
    if (typeof topic !== 'string' || !topic.startsWith(head)) return undefined;
    const parts: Partial<{ [N in Name]: string }> = {};
    let at = head.length;
    for (let i = 0; i < names.length; i++) {
      const after = literals[i + 1] as string;
      const isLast = i === names.length - 1;
      const end = isLast ? topic.length - after.length : topic.indexOf(after, at);
      if (end <= at || !topic.startsWith(after, end)) return undefined;
      parts[names[i] as Name] = topic.slice(at, end);
      at = end + after.length;
    }
    return parts as { [N in Name]: string };
  }

  return {
    parse,
    format(parts) {
      let topic = head;
      names.forEach((name, i) => {
        topic += readPart(name, parts?.[name]) + literals[i + 1];
      });
      const read = parse(topic);
      for (const name of names) {
        if (read?.[name] === String(parts[name])) continue;
        throw new ConfigError(name, parts[name], texts.partWithout(literals[names.indexOf(name) + 1] ?? '', pattern));
      }
      return topic as TopicOf<Pattern>;
    },
  };
}

/** The fields of a pattern and the texts around them: one text more than fields. */
function readPattern<Name extends string>(pattern: string) {
  const pieces = typeof pattern === 'string' ? pattern.split(FIELD) : [];
  const literals = pieces.filter((_, i) => i % 2 === 0);
  const names = pieces.filter((_, i) => i % 2 === 1);
  const isRight =
    names.length > 0 &&
    names.every((name) => NAME.test(name)) &&
    new Set(names).size === names.length &&
    literals.slice(1, -1).every((text) => text !== '') &&
    !literals.some((text) => /[{}]/.test(text));
  if (!isRight) throw new ConfigError('pattern', pattern, texts.PATTERN);
  return { names: names as Name[], literals };
}

/** A part as it stands in a topic. */
function readPart(name: string, value: unknown): string {
  const isPart = (typeof value === 'string' && value !== '') || (typeof value === 'number' && Number.isFinite(value));
  if (!isPart) throw new ConfigError(name, value, texts.TOPIC_PART);
  return String(value);
}
