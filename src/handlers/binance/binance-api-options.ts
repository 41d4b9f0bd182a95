import { flag, type OptionRules, range } from '../../util/options.js';
import { NOW } from '../common/time-of-day.js';
import * as texts from './texts.js';

/** All are optional: market data needs no key. */
export interface BinanceApiOptions {
  /** The API key, together with `secret`. */
  readonly apiKey?: string;
  /**
   * The secret of an HMAC key, or the private key of an Ed25519 or RSA key: PKCS#8 in PEM, which begins with
   * `-----BEGIN PRIVATE KEY-----`.
   */
  readonly secret?: string;
  /**
   * Whether each connection logs on with `session.logon`. Then requests need no signature of their own. With false, or with
   * a key that cannot log on, each request is signed before it is written.
   * @default true for an Ed25519 key, because a request without a signature is faster; false for any other key, because the
   *   venue refuses them
   */
  readonly logon?: boolean;
  /**
   * Milliseconds after its time stamp in which the venue accepts a request, at most 60 000.
   * @default undefined: the 5 000 of the venue
   */
  readonly recvWindow?: number;
  /**
   * The time for time stamps, Unix milliseconds. For a host whose clock is wrong.
   * @default Date.now, asked at each time stamp
   */
  readonly now?: () => number;
}

const isText = (value: unknown) => typeof value === 'string' && value.trim() !== '';
const [isFlag, FLAGS] = flag(true);

export const apiRules: OptionRules<BinanceApiOptions> = {
  apiKey: [isText, texts.API_KEY],
  secret: [isText, texts.API_SECRET],
  logon: [isFlag, FLAGS],
  recvWindow: range(1, 60_000, undefined, texts.RECV_WINDOW),
  now: NOW,
};
