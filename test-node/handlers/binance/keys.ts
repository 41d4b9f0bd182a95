import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';

/** Invented keys, and the signatures that they give. */
export const API_KEY = 'vInventedSpotKey000000000000000000000000000000000000000000000001';
export const HMAC_SECRET = 'NInventedSpotSecret';
export const HMAC_SIGNATURE = '8be5e37632bc770256c919ae76fa725f75d97d4e72101708497edc8d978146c7';
export const ED25519_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
`;
export const ED25519_SIGNATURE =
  '+IEXp5svyywVvqCXJ+yY+8DPXmnYYvqNgiCQSDMe5oCkp107vZMThSQle/han9WL9JteksaUjhOiA+yfidmfDA==';

/** A new RSA key, and a check of its signatures. */
export function rsaKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    pem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    isSigned: (text: string, signature: string) =>
      verify(
        'sha256',
        Buffer.from(text),
        createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
        Buffer.from(signature, 'base64'),
      ),
  };
}

/** The public half of `ED25519_KEY`, as the venue knows it. */
export const ED25519_PUBLIC_KEY = String(createPublicKey(ED25519_KEY).export({ type: 'spki', format: 'pem' }));
