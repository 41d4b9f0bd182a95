import { generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from './fixtures.js';

const TEXT = '1790000000GET/users/self/verify';
const OKX = 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=';
const SECRET = 'INVENTED22582BD0CFF14C41EDBF1AB9';

test('a page signs as Node does [HK4]', async ({ page }) => {
  const keys = [generateKeyPairSync('rsa', { modulusLength: 2_048 }), generateKeyPairSync('ed25519')] as const;
  const [rsaKey = '', ed25519Key = ''] = keys.map(({ privateKey }) =>
    String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  const options = { text: TEXT, secret: SECRET, rsaKey, ed25519Key };
  const [hmac, rsa = '', ed25519 = ''] = await page.evaluate(
    ({ text, secret, rsaKey, ed25519Key }) =>
      Promise.all([
        hpx.hmac({ secret, encoding: 'base64' })(text),
        hpx.rsa({ privateKey: rsaKey })(text),
        hpx.ed25519({ privateKey: ed25519Key })(text),
      ]),
    options,
  );
  expect(hmac).toBe(OKX);
  expect(verify('sha256', Buffer.from(TEXT), keys[0].publicKey, Buffer.from(rsa, 'base64'))).toBe(true);
  expect(verify(null, Buffer.from(TEXT), keys[1].publicKey, Buffer.from(ed25519, 'base64'))).toBe(true);
});
