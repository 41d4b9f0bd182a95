import { ConfigError } from '../../errors.js';
import { FUNCTION, type OptionRules, readOptions } from '../../util/options.js';
import { jsonRpcRules } from '../json-rpc/options.js';
import * as texts from './texts.js';

/** The options of `DeribitHandler`. All are optional: public topics need none. */
export interface DeribitHandlerOptions {
  /** The client id of an API key, together with `secret`. */
  readonly apiKey?: string;
  /** The client secret. It signs and is never sent. */
  readonly secret?: string;
  /**
   * What the session asks for beside the rights of the key, such as `session:bot` or `trade:read`.
   * @default undefined: all rights of the key, on this connection
   */
  readonly scope?: string;
  /**
   * Milliseconds between two heartbeats of the server, in whole seconds, from 10 000 to 300 000.
   * @default 30 000, so that the venue finds a dead connection soon and does not end an idle one after 60 seconds
   */
  readonly heartbeatInterval?: number;
  /**
   * The time for time stamps, and for the end of a token: Unix milliseconds. For a host whose clock is wrong.
   * @default Date.now, asked at each use
   */
  readonly now?: () => number;
  /**
   * Parses a text, for `message.json`. The venue sends prices as numbers: a parser of your own can keep their digits.
   * @default JSON.parse
   */
  parse?(text: string): unknown;
  /**
   * Writes a payload.
   * @default JSON.stringify
   */
  stringify?(value: unknown): string;
}

const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';

const rules: OptionRules<DeribitHandlerOptions> = {
  apiKey: [isText, texts.API_KEY],
  secret: [isText, texts.SECRET],
  scope: [isText, texts.SCOPE],
  heartbeatInterval: [
    (value: unknown) => typeof value === 'number' && value >= 10_000 && value <= 300_000 && value % 1_000 === 0,
    texts.HEARTBEAT,
    30_000,
  ],
  now: FUNCTION,
  parse: jsonRpcRules.parse,
  stringify: jsonRpcRules.stringify,
};

/**
 * The options with their defaults.
 * @throws ConfigError for an unknown option, a wrong value, or half a set of credentials
 */
export function readDeribitOptions(options: DeribitHandlerOptions): DeribitHandlerOptions {
  const read = readOptions('options', options, rules);
  if (read.apiKey !== undefined && read.secret === undefined) throw new ConfigError('secret', undefined, texts.SECRET);
  if (read.secret !== undefined && read.apiKey === undefined) throw new ConfigError('apiKey', undefined, texts.API_KEY);
  return read;
}
