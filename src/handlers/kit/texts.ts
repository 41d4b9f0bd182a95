// Every text of the helpers for handlers that a user can see. They are not in the texts of the core, so that the core
// stays small.

export const PATTERN =
  "a text with names in braces, such as '{channel}.{symbol}': each name once, letters and digits, with text between " +
  'two names';
export const TOPIC_PART = 'a text that is not empty, or a number';
export const partWithout = (end: string, pattern: string) =>
  `a text without '${end}', which ends this part of a topic '${pattern}'`;

export const MEMBER_NAME = 'the name of a member';
export const QUERY_PARTS = 'an object with the parts of a topic';
export const QUERY_NAME = "a text that is not empty and contains no '?'";
export const QUERY_KEYS = "names without '=' and '&', other than the name before the '?'";
export const QUERY_VALUE = "a text without '&', or a number";

export const SECRET = 'a text or bytes (Uint8Array), not empty';
export const TEXT_OR_BYTES = 'a text or bytes (Uint8Array)';
export const PKCS8_PEM =
  "a PKCS#8 key in PEM: '-----BEGIN PRIVATE KEY-----', base64 and '-----END PRIVATE KEY-----'. Convert other forms with " +
  "'openssl pkcs8 -topk8 -nocrypt'";
export const keyOf = (algorithm: string) => `a PKCS#8 key in PEM that holds an ${algorithm} key`;
export const SUBTLE = 'WebCrypto';
export const NO_SUBTLE =
  'Cannot sign: there is no WebCrypto here (globalThis.crypto.subtle). A page has it only over https: or on localhost; ' +
  'elsewhere install a polyfill.';
export const noAlgorithm = (algorithm: string) =>
  `Cannot sign: the WebCrypto of this platform does not know ${algorithm}.`;

export const integer = (min: number, max: number) => `an integer from ${min} to ${max}`;
