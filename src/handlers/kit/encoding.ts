/** How bytes are written as text. `base64` is that of RFC 4648 section 4 with padding, `base64url` of section 5 without. */
export type BinaryEncoding = 'hex' | 'base64' | 'base64url';

export const ENCODINGS: readonly BinaryEncoding[] = ['hex', 'base64', 'base64url'];

/** Bytes as text. */
export function encode(bytes: Uint8Array, encoding: BinaryEncoding): string {
  if (encoding === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = btoa(String.fromCharCode(...bytes));
  if (encoding === 'base64') return text;
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
