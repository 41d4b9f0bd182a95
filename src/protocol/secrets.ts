const SECRET_MEMBER =
  /("(?:[\w-]*(?:api_?key|secret|(?:secret|private|access|listen)[_-]?key|sign(?:ature)?|passphrase|password|token|jwt|authorization|credentials?))"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[\d.]+)/gi;

/** Replaces the values of JSON members whose names suggest a secret, such as `apiKey` or `signature`, by `"***"`. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET_MEMBER, '$1"***"');
}
