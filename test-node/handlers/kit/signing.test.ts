import { generateKeyPairSync, type KeyObject, sign as signInNode, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigError } from 'hpx-transport-ws';
import { ed25519, hmac, rsa, type Signer } from 'hpx-transport-ws/handlers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { errorOf } from './errors.js';

afterEach(() => vi.unstubAllGlobals());

const rsaKeys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const rsaPem = pemOf(rsaKeys.privateKey);
/** A private key of the bytes 7, 7, 7 …, as in the examples of the venues. */
const ED25519_PEM =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n-----END PRIVATE KEY-----\n';
const API_KEY = 'vInventedSpotKey000000000000000000000000000000000000000000000001';

describe('signing', () => {
  it.each([
    [
      'Bybit',
      'hex',
      'sX9-invented-secret-bybit',
      'GET/realtime1790000010000',
      'e9d8da903ae71875b8c621ad116728d5e419d498008293c9bde69729d2e4ab80',
    ],
    [
      'OKX',
      'base64',
      'INVENTED22582BD0CFF14C41EDBF1AB9',
      '1790000000GET/users/self/verify',
      'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=',
    ],
    [
      'Deribit',
      'hex',
      'INVENTED_client_secret_0001',
      '1790000000123\nn0nce42\n',
      '857d1a407944ee28f44451138e8721fb9aaa2ca175d7d980260127790940fde3',
    ],
    [
      'Binance',
      'hex',
      'NInventedSpotSecret',
      `apiKey=${API_KEY}&price=92000.00&quantity=0.01000000&recvWindow=5000&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1790000001532&type=LIMIT`,
      '8be5e37632bc770256c919ae76fa725f75d97d4e72101708497edc8d978146c7',
    ],
  ] as const)('gives the HMAC signature that %s expects [HK4]', async (_, encoding, secret, text, signature) => {
    const sign = hmac({ secret, encoding });
    expect(await sign(text)).toBe(signature);
    expect(await sign(new TextEncoder().encode(text))).toBe(signature);
    expect(await hmac({ secret: new TextEncoder().encode(secret), encoding })(text)).toBe(signature);
  });

  it('knows other hash functions, and base64 for URLs [HK4]', async () => {
    // RFC 4231, test case 2.
    const sign = hmac({ secret: 'Jefe', hash: 'SHA-512', encoding: 'hex' });
    expect(await sign('what do ya want for nothing?')).toMatch(/^164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd6/);
    const text = '1790000000GET/users/self/verify';
    const forUrls = hmac({ secret: 'INVENTED22582BD0CFF14C41EDBF1AB9', encoding: 'base64url' });
    expect(await forUrls(text)).toBe('N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6_R6c');
  });

  it('gives the Ed25519 signature that Binance expects [HK4]', async () => {
    const signature = '+IEXp5svyywVvqCXJ+yY+8DPXmnYYvqNgiCQSDMe5oCkp107vZMThSQle/han9WL9JteksaUjhOiA+yfidmfDA==';
    expect(await ed25519({ privateKey: ED25519_PEM })(`apiKey=${API_KEY}&timestamp=1790000000532`)).toBe(signature);
    const oneLine = ED25519_PEM.replaceAll('\n', '\\n');
    expect(await ed25519({ privateKey: oneLine })(`apiKey=${API_KEY}&timestamp=1790000000532`)).toBe(signature);
  });

  it('signs with RSA and Ed25519 as Node does [HK4]', async () => {
    const text = 'timestamp=1790000000532&symbol=Ω';
    const signature = await rsa({ privateKey: rsaPem })(text);
    expect(verify('sha256', Buffer.from(text), rsaKeys.publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    expect(await rsa({ privateKey: rsaPem, hash: 'SHA-512', encoding: 'hex' })(text)).toBe(
      signInNode('sha512', Buffer.from(text), rsaKeys.privateKey).toString('hex'),
    );
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(await ed25519({ privateKey: pemOf(privateKey) })(text)).toBe(
      signInNode(null, Buffer.from(text), privateKey).toString('base64'),
    );
  });

  it('imports a key once, at the first signature, and signs many texts at once [HK4]', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    const sign = hmac({ secret: 'key', encoding: 'hex' });
    expect(importKey).not.toHaveBeenCalled();
    const [first, second] = await Promise.all([sign('a'), sign('a'), sign('b')]);
    expect(first).toBe(second);
    expect(importKey).toHaveBeenCalledTimes(1);
    importKey.mockRestore();
  });

  it('signs the bytes as they were at the call [HK4]', async () => {
    const sign = hmac({ secret: 'key', encoding: 'hex' });
    const bytes = new TextEncoder().encode('a');
    const signature = sign(bytes);
    bytes.fill(0);
    expect(await signature).toBe(await sign('a'));
  });

  it.each([
    ['hmac', () => hmac({ secret: '', encoding: 'hex' }), 'secret'],
    ['hmac', () => hmac({ encoding: 'hex' } as never), 'secret'],
    ['hmac', () => hmac({ secret: 'top secret' } as never), 'encoding'],
    ['hmac', () => hmac({ secret: 'top secret', encoding: 'hex', hash: 'MD5' as never }), 'hash'],
    ['rsa', () => rsa({ privateKey: '-----BEGIN RSA PRIVATE KEY-----\ntop secret' }), 'privateKey'],
    ['rsa', () => rsa({ privateKey: '-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----' }), 'privateKey'],
    ['rsa', () => rsa({} as never), 'privateKey'],
    ['ed25519', () => ed25519({ privateKey: 'top secret' }), 'privateKey'],
    ['ed25519', () => ed25519({ privateKey: ED25519_PEM, encoding: 'utf8' as never }), 'encoding'],
  ])('%s refuses a wrong option without showing a secret: case %# [HK5]', (_, make, field) => {
    const error = errorOf(make);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ field });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('top secret');
  });

  it('refuses a key of another kind at the first signature, without showing it [HK5]', async () => {
    for (const sign of [ed25519({ privateKey: rsaPem }), rsa({ privateKey: ED25519_PEM })]) {
      const error = await sign('a').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ConfigError', field: 'privateKey' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('BwcHBwcH');
    }
  });

  it('refuses what is neither text nor bytes [HK5]', async () => {
    const sign = hmac({ secret: 'key', encoding: 'hex' });
    await expect(sign(7 as never)).rejects.toMatchObject({ name: 'ConfigError', field: 'text' });
  });

  it('shows its key in no print and in no JSON [HK5]', async () => {
    const signers: Signer[] = [hmac({ secret: 'top secret', encoding: 'hex' }), ed25519({ privateKey: ED25519_PEM })];
    for (const sign of signers) {
      await sign('a');
      const shown = inspect({ sign }, { depth: 9, showHidden: true }) + JSON.stringify({ sign }) + String(sign);
      expect(shown).not.toMatch(/top secret|BwcHBwcH/);
    }
  });

  it.each([undefined, {}])(
    'says what is missing where there is no WebCrypto, and asks again later [HK5]',
    async (none) => {
      const sign = hmac({ secret: 'key', encoding: 'hex' });
      vi.stubGlobal('crypto', none);
      await expect(sign('a')).rejects.toMatchObject({
        name: 'ConfigError',
        field: 'crypto.subtle',
        message: expect.stringContaining('https'),
      });
      vi.unstubAllGlobals();
      await expect(sign('a')).resolves.toMatch(/^[\da-f]{64}$/);
    },
  );

  it('says which algorithm a platform does not know [HK5]', async () => {
    const subtle = { importKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')) };
    vi.stubGlobal('crypto', { subtle });
    await expect(ed25519({ privateKey: ED25519_PEM })('a')).rejects.toMatchObject({
      field: 'crypto.subtle',
      message: expect.stringContaining('Ed25519'),
    });
  });
});

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
