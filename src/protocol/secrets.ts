import { maskUrl, maskUrls } from '../util/mask-url.js';

/** One string, bracket or comma of a JSON text, or a run of anything else. */
const TOKEN = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const MASK = '"***"';
/** The words in a name that tell of a secret; `apiKey` and `api-key` have the word `key`. */
const SECRET_WORD =
  /^(?:keys?|secrets?|sig|sign|signed|signature|pass|passwd|password|passphrase|pwd|passcode|pin|tokens?|jwt|auth|authorization|credentials?|bearer|cookies?|otp|totp|mnemonic|\w+(?:key|token|secret|signature|password))$/;
/** The operations whose arguments are secrets: `{"op":"auth","args":[key, expires, signature]}`. */
const LOGIN = /"(?:op|method|event|action|type|cmd|command|e|m)"\s*:\s*"[^"]*(?:auth|log_?in|logon|sign_?in)/i;
/** The names of what a login frame may show: which operation it is, and its id. */
const SHOWN = /^(?:op|method|event|action|type|cmd|command|e|m|id|req_?id|request_?id|jsonrpc|channel)$/i;
/** A list whose first word tells of a login, as some servers want it: `["auth", key, signature]`. */
const LOGIN_LIST = /^\s*(?:\d+\s*)?\[\s*"[^"]*(?:auth|log_?in|logon|sign_?in)/i;
/** A login without JSON: `AUTH user password`. */
const LOGIN_TEXT = /^\s*(auth\w*|log_?in|logon|sign_?in)\b.*$/is;
/** A text that looks like a key: letters and digits without a pause. An account address (0x and 40 digits) is none. */
const KEY = /^"(?!0x[\da-f]{40}")(?=[^"]*\d)(?=[^"]*[a-z])[\w+/-]{16,}={0,2}"$/i;
const JWT = /^"ey[\w-]+\.[\w-]+\.[\w-]*"$/;
/** Bounded, so that the time for a long word without `=` does not grow with its square. */
const PAIR = /([\w-]{1,64})=([^&\s"']+)/g;

/** Where a token stands: in a list or an object, under which name, and whether that name tells of a secret. */
interface Level {
  readonly isList: boolean;
  readonly isSecret: boolean;
  name: string;
}

/** A URL as it may be shown: masked, and as the handler shows it. Missing where the handler cannot show it. */
export function redactedUrl(url: string, handler: { redact(text: string): string }): string | undefined {
  try {
    const shown: unknown = handler.redact(maskUrl(url));
    return typeof shown === 'string' && shown !== '***' ? shown : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Replaces what looks like a secret by `"***"`: the values of members such as `apiKey` or `signature`, the positional
 * arguments of a login, keys in lists, also in JSON within JSON; and in URLs everything but host and path.
 */
export function maskSecrets(text: string): string {
  if (/^\s*(?:\d+\s*)?[[{]/.test(text)) return maskJson(text);
  return maskPairs(maskUrls(text)).replace(LOGIN_TEXT, '$1 ***');
}

function maskPairs(text: string): string {
  return text.replace(PAIR, (pair, name: string) => (isSecretName(name) ? `${name}=***` : pair));
}

function maskJson(text: string): string {
  const isLogin = LOGIN.test(text) || LOGIN_LIST.test(text);
  const levels: Level[] = [];
  return text.replace(TOKEN, (token, at: number) => {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      const isSecret = level !== undefined && (level.isSecret || isSecretName(level.name));
      levels.push({ isList: token === '[', isSecret, name: '' });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (token !== ',' && token !== ':' && level) {
      if (!level.isList && isName(text, at + token.length)) level.name = token.slice(1, -1);
      else return maskValue(token, level, isLogin);
    }
    return token;
  });
}

function maskValue(token: string, level: Level, isLogin: boolean): string {
  if (token === 'true' || token === 'false' || token === 'null') return token;
  const isText = token.startsWith('"');
  if (level.isSecret || isSecretName(level.name)) return MASK;
  if (isLogin && (level.isList || !SHOWN.test(level.name))) return isLoginWord(token) ? token : MASK;
  if (level.isList && isText && (KEY.test(token) || JWT.test(token))) return MASK;
  return isText && token.length > 2 ? maskText(token) : token;
}

/** The operation of a login that is a list. */
function isLoginWord(token: string): boolean {
  return /^"[a-z_.]*(?:auth|log_?in|logon|sign_?in)[a-z_]*"$/i.test(token);
}

/** A text within JSON may itself be JSON, a URL, or name=value pairs. */
function maskText(token: string): string {
  if (!/\\"|:\/\/|=/.test(token)) return token;
  try {
    const text = JSON.parse(token) as string;
    const masked = maskSecrets(text);
    return masked === text ? token : JSON.stringify(masked);
  } catch {
    return token;
  }
}

/** Whether a colon follows: then the string before it is the name of a member. */
function isName(text: string, at: number): boolean {
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return text[at] === ':';
}

function isSecretName(name: string): boolean {
  if (name === '') return false;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => SECRET_WORD.test(word));
}
