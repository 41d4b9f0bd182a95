import { ConfigError } from '../../errors.js';
import { type OptionRule, type OptionRules, readOptions } from '../../util/options.js';
import { NOW } from '../common/time-of-day.js';
import { isWord } from '../common/values.js';
import { hmac, type Signer } from '../kit/signing.js';
import * as texts from './texts.js';

/** All are optional: market data needs no key. */
export interface OkxHandlerOptions {
  /** The API key, together with `secret` and `passphrase`. With it each connection logs in. */
  readonly apiKey?: string;
  /** The secret key. */
  readonly secret?: string;
  /** The passphrase that was chosen with the API key. */
  readonly passphrase?: string;
  /**
   * The time for the login, Unix milliseconds. For a host whose clock is wrong: the venue refuses a login that is 30
   * seconds old.
   * @default Date.now, asked at each login
   */
  readonly now?: () => number;
}

/** What the login of a connection needs. */
export interface Credentials {
  readonly apiKey: string;
  readonly passphrase: string;
  readonly sign: Signer;
}

const word = (allowed: string): OptionRule => [isWord, allowed];
const rules: OptionRules<OkxHandlerOptions> = {
  apiKey: word(texts.API_KEY),
  secret: word(texts.API_SECRET),
  passphrase: word(texts.PASSPHRASE),
  now: NOW,
};

/** @throws ConfigError for a wrong option, or for a part of the credentials without the others; it shows no secret */
export function readOkxOptions(options: OkxHandlerOptions): { credentials?: Credentials; now: () => number } {
  const { apiKey, secret, passphrase, now } = readOptions('OkxHandler', options, rules);
  const clock = { now: now as () => number };
  if (apiKey === undefined && secret === undefined && passphrase === undefined) return clock;
  if (apiKey === undefined) throw new ConfigError('apiKey', apiKey, texts.API_KEY);
  if (secret === undefined) throw new ConfigError('secret', secret, texts.API_SECRET);
  if (passphrase === undefined) throw new ConfigError('passphrase', passphrase, texts.PASSPHRASE);
  return { ...clock, credentials: { apiKey, passphrase, sign: hmac({ secret, encoding: 'base64' }) } };
}
