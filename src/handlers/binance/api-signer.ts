import { ConfigError } from '../../errors.js';
import type { Members } from '../common/values.js';
import { ed25519, hmac, rsa, type Signer } from '../kit/signing.js';
import * as texts from './texts.js';

/** What a request carries beside its own params. */
export interface Stamp {
  /** Unix milliseconds. */
  readonly timestamp: number;
  /** Milliseconds after `timestamp` in which the venue accepts the request. */
  readonly recvWindow?: number;
}

/** Signs requests of the WebSocket API. It holds the key and shows it to nobody. */
export class ApiSigner {
  /** Whether the key can log a session on; the venue takes no other. */
  readonly isEd25519: boolean;
  readonly #apiKey: string;
  readonly #sign: Signer;

  /** @throws ConfigError for half a set of credentials, or a private key in another form than PKCS#8 in PEM */
  constructor(apiKey: string | undefined, secret: string | undefined) {
    if (apiKey === undefined) throw new ConfigError('apiKey', apiKey, texts.API_KEY);
    if (secret === undefined) throw new ConfigError('secret', secret, texts.API_SECRET);
    const isPrivateKey = secret.includes('-----BEGIN');
    this.isEd25519 = isPrivateKey && ED25519.test(secret);
    this.#apiKey = apiKey;
    if (this.isEd25519) this.#sign = ed25519({ privateKey: secret });
    else this.#sign = isPrivateKey ? rsa({ privateKey: secret }) : hmac({ secret, encoding: 'hex' });
  }

  /**
   * The params with key, time and signature. Signed is every param but the signature, sorted by name: `k=v`, joined by `&`,
   * as UTF-8 without percent encoding (the venue's "Request security").
   */
  async sign(params: Members, stamp: Stamp): Promise<Members> {
    const all: Members = { ...stamp, ...params, apiKey: this.#apiKey };
    const text = Object.keys(all)
      .filter((name) => name !== 'signature')
      .sort()
      .map((name) => `${name}=${wordOf(all[name])}`)
      .join('&');
    return { ...all, signature: await this.#sign(text) };
  }
}

/** The identifier of the algorithm (RFC 8410), where a PKCS#8 key has it, in base64. */
const ED25519 = /-----BEGIN PRIVATE KEY-----\s*(?:\\n)?.{8}BQYDK2Vw/;

/** A value as the venue signs it. */
function wordOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
