import { ConfigError } from '../../errors.js';
import * as texts from './texts.js';

/** One PKCS#8 key without a password (RFC 7468 section 10). */
const PEM = /^\s*-----BEGIN PRIVATE KEY-----([A-Za-z\d+/=\s]+)-----END PRIVATE KEY-----\s*$/;

/**
 * The bytes (DER) of a private key in PEM.
 * @throws ConfigError for any other text; it does not show the text
 */
export function readPrivateKey(pem: unknown): Uint8Array<ArrayBuffer> {
  // Line breaks in an environment variable are often written as \n.
  const [, body] = (typeof pem === 'string' && PEM.exec(pem.replaceAll('\\n', '\n'))) || [];
  try {
    if (body) return Uint8Array.from(atob(body.replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    // Not base64.
  }
  throw new ConfigError('privateKey', pem, texts.PKCS8_PEM);
}
