import { ConfigError } from '../../errors.js';
import { type OptionRule, oneOf, readOptions } from '../../util/options.js';
import { NOW } from '../common/time-of-day.js';
import { isWord } from '../common/values.js';
import * as texts from './texts.js';

/** What a connection is for. Each kind of address spells its frames in its own way. */
export type BybitEndpoint = 'public' | 'private' | 'trade';

/** Options of `BybitHandler`. Public data needs none. */
export interface BybitHandlerOptions {
  /**
   * The API key; together with `secret`.
   * @default undefined: no login
   */
  readonly apiKey?: string;
  /**
   * The secret of the API key; together with `apiKey`.
   * @default undefined: no login
   */
  readonly secret?: string;
  /**
   * What the URL of the client is for: market data, the account, or orders.
   * @default 'private' with an `apiKey`, else 'public': market data needs no key
   */
  readonly endpoint?: BybitEndpoint;
  /**
   * Milliseconds for which an order is valid after its time stamp. The venue refuses an order that arrives later.
   * @default 5000, the default of the venue
   */
  readonly recvWindow?: number;
  /**
   * The time in Unix milliseconds, for logins and orders. The venue compares it with its own clock.
   * @default Date.now
   */
  readonly now?: () => number;
}

type Settings = Required<Pick<BybitHandlerOptions, 'endpoint' | 'recvWindow' | 'now'>> & BybitHandlerOptions;

const MAX_RECV_WINDOW = 60_000;

/** @throws ConfigError for an unknown option, a wrong value, half a set of credentials, or a missing key */
export function readBybitOptions(options: BybitHandlerOptions): Settings {
  const [isEndpoint, endpoints] = oneOf('public', 'private', 'trade');
  const settings = readOptions<BybitHandlerOptions>('options', options, {
    apiKey: [isWord, texts.API_KEY],
    secret: [isWord, texts.API_SECRET],
    endpoint: [isEndpoint, endpoints, options?.apiKey === undefined ? 'public' : 'private'],
    recvWindow: RECV_WINDOW,
    now: NOW,
  }) as Settings;
  const { apiKey, endpoint, secret } = settings;
  const isNeeded = endpoint !== 'public';
  if (apiKey === undefined && (isNeeded || secret !== undefined)) {
    throw new ConfigError('apiKey', apiKey, isNeeded ? texts.needsKey(endpoint) : texts.API_KEY);
  }
  if (apiKey !== undefined && secret === undefined) throw new ConfigError('secret', secret, texts.API_SECRET);
  return settings;
}

const RECV_WINDOW: OptionRule = [
  (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_RECV_WINDOW,
  texts.RECV_WINDOW,
  5_000,
];
