import { ConfigError } from '../../errors.js';
import { isBytes } from '../../protocol/frames.js';
import { type OptionRule, oneOf, readOptions } from '../../util/options.js';
import { type BinaryEncoding, ENCODINGS, encode } from './encoding.js';
import { readPrivateKey } from './pem.js';
import * as texts from './texts.js';

/**
 * Signs a text (as UTF-8) or bytes, and returns the signature in the encoding that was chosen. It holds the key and shows
 * it to nobody: no print and no JSON of it contains the key.
 *
 * @throws ConfigError (as a rejection) if the platform has no WebCrypto or lacks the algorithm, or if the key is wrong
 */
export type Signer = (text: string | Uint8Array) => Promise<string>;

/** The hash functions of WebCrypto. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface HmacOptions {
  /** A text (used as UTF-8), or bytes for venues whose secrets are encoded: decode them first. */
  readonly secret: string | Uint8Array;
  /** How the signature is written. There is no default: venues differ. */
  readonly encoding: BinaryEncoding;
  /** @default 'SHA-256', because most venues use it */
  readonly hash?: HashName;
}

export interface PrivateKeyOptions {
  /** PKCS#8 in PEM: it begins with `-----BEGIN PRIVATE KEY-----`. Line breaks may be written as `\n`. */
  readonly privateKey: string;
  /** @default 'base64', because venues that take such keys want it */
  readonly encoding?: BinaryEncoding;
}

export interface RsaOptions extends PrivateKeyOptions {
  /** @default 'SHA-256', because venues with RSA keys use it */
  readonly hash?: HashName;
}

const SECRET: OptionRule = [
  (value: unknown) => (typeof value === 'string' || isBytes(value)) && value.length > 0,
  texts.SECRET,
];
/** Checked where it is read. */
const PEM: OptionRule = [() => true, texts.PKCS8_PEM];

/**
 * Signs with HMAC (RFC 2104), on WebCrypto: the same code in Node and in browsers. The secret is imported once, at the
 * first signature.
 *
 * @throws ConfigError for a wrong option
 *
 * @example
 * ```ts
 * const sign = hmac({ secret: 'key', encoding: 'hex' });
 * const signature = await sign('The quick brown fox jumps over the lazy dog');
 * signature; // 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8'
 * ```
 */
export function hmac(options: HmacOptions): Signer {
  const { secret, encoding, hash } = readOptions('hmac', options, {
    secret: SECRET,
    encoding: oneOf(...ENCODINGS),
    hash: hashRule(),
  });
  if (secret === undefined) throw new ConfigError('secret', secret, texts.SECRET);
  if (encoding === undefined) throw new ConfigError('encoding', encoding, oneOf(...ENCODINGS)[1]);
  const bytes = toBytes(secret);
  return signer('HMAC', encoding, (subtle) =>
    subtle.importKey('raw', bytes, { name: 'HMAC', hash: hash as HashName }, false, ['sign']),
  );
}

/**
 * Signs with RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2), on WebCrypto. The key is imported once, at the first signature.
 *
 * @throws ConfigError for a wrong option, also for a key that is not PKCS#8 in PEM
 *
 * @example
 * ```ts
 * const tryKey = () => rsa({ privateKey: '-----BEGIN RSA PRIVATE KEY-----' }); // PKCS#1
 * try {
 *   tryKey();
 * } catch (error) {
 *   (error as ConfigError).field; // 'privateKey'
 * }
 * ```
 */
export function rsa(options: RsaOptions): Signer {
  const { privateKey, encoding, hash } = readOptions('rsa', options, {
    privateKey: PEM,
    encoding: base64Rule(),
    hash: hashRule(),
  });
  const bytes = readPrivateKey(privateKey);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: hash as HashName };
  return signer('RSA', encoding as BinaryEncoding, (subtle) =>
    subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']),
  );
}

/**
 * Signs with Ed25519 (RFC 8032), on WebCrypto. The key is imported once, at the first signature. Node has
 * the algorithm from 18 on (Node 20 prints a warning that it is experimental), Chrome from 137, Firefox from 129, Safari
 * from 17.
 *
 * @throws ConfigError for a wrong option, also for a key that is not PKCS#8 in PEM
 *
 * @example
 * ```ts
 * const privateKey = `-----BEGIN PRIVATE KEY-----
 * MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
 * -----END PRIVATE KEY-----`;
 * const sign = ed25519({ privateKey });
 * const signature = await sign('timestamp=1790000000532');
 * signature.length; // 88
 * ```
 */
export function ed25519(options: PrivateKeyOptions): Signer {
  const { privateKey, encoding } = readOptions('ed25519', options, { privateKey: PEM, encoding: base64Rule() });
  const bytes = readPrivateKey(privateKey);
  return signer('Ed25519', encoding as BinaryEncoding, (subtle) =>
    subtle.importKey('pkcs8', bytes, { name: 'Ed25519' }, false, ['sign']),
  );
}

// Functions, and no constants: a bundler drops them with the helpers that are not imported.
function hashRule(): OptionRule {
  return withDefault(oneOf('SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'), 'SHA-256');
}

function base64Rule(): OptionRule {
  return withDefault(oneOf(...ENCODINGS), 'base64');
}

function withDefault([valid, allowed]: OptionRule, fallback: string): OptionRule {
  return [valid, allowed, fallback];
}

function signer(
  algorithm: string,
  encoding: BinaryEncoding,
  importKey: (subtle: SubtleCrypto) => Promise<CryptoKey>,
): Signer {
  let imported: Promise<CryptoKey> | undefined;
  return async (text) => {
    if (typeof text !== 'string' && !isBytes(text)) {
      throw new ConfigError('text', text, texts.TEXT_OR_BYTES);
    }
    const { subtle } = theCrypto() ?? {};
    if (!subtle) throw new ConfigError('crypto.subtle', undefined, texts.SUBTLE, texts.NO_SUBTLE);
    // Before the first wait: the caller may use its bytes again.
    const bytes = toBytes(text);
    imported ??= importKey(subtle);
    const key = await imported.catch((error: unknown) => {
      throw wrongKey(algorithm, error);
    });
    return encode(new Uint8Array(await subtle.sign(key.algorithm.name, key, bytes)), encoding);
  };
}

/** Asked for at each signature: a polyfill may come after the import of this file. */
function theCrypto(): { readonly subtle?: SubtleCrypto } | undefined {
  // biome-ignore lint/style/noRestrictedGlobals: the helpers for handlers have no Runtime
  return globalThis.crypto;
}

/** The cause is left out: what a platform says about a key may show parts of it. */
function wrongKey(algorithm: string, error: unknown): ConfigError {
  if ((error as Error | undefined)?.name === 'NotSupportedError') {
    return new ConfigError('crypto.subtle', undefined, texts.SUBTLE, texts.noAlgorithm(algorithm));
  }
  return new ConfigError('privateKey', '', texts.keyOf(algorithm));
}

/** A copy of bytes, or a text as UTF-8. */
function toBytes(text: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof text === 'string' ? new TextEncoder().encode(text) : Uint8Array.from(text);
}
