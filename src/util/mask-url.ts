/** The scheme is bounded, so that the time for a long text without URLs does not grow with its square. */
const URL_IN_TEXT = /[a-z][a-z\d+.-]{0,30}:\/\/[^\s"'<>()[\]{}]+/gi;
/** From this many letters and digits on, a word is more likely a key than a name. */
const LONGEST_NAME = 15;

/** A path segment or a subprotocol, unless it may be a key. */
export function maskWord(word: string): string {
  return word.replace(/[^\p{L}\p{N}]/gu, '').length > LONGEST_NAME ? '***' : word;
}

/** Where a URL points to: no userinfo, query or fragment, and no path segment that may be a key. */
export function maskUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    // Anything but a path may hold anything.
    if (host === '') return '***';
    return `${protocol}//${host}${pathname.split('/').map(maskWord).join('/')}`;
  } catch {
    return '***';
  }
}

/** A text whose URLs are masked. */
export function maskUrls(text: string): string {
  return text.replace(URL_IN_TEXT, maskUrl);
}
