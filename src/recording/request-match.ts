/** The names under which protocols keep the id of a request. */
const ID_NAMES = /^(?:(?:req|request|msg|message|call|client)?_?id|req|rid|cid|ref|tag)$/i;
/** How many frames of each side wait for their partner. */
const MOST_WAITING = 1_024;
/** How many ids are remembered. */
const MOST_IDS = 4_096;
/** A frame that keeps a connection alive. A client sends it at a time of its own, so nothing waits for it. */
const PING = /^\s*"?(?:ping|pong|heartbeat)"?\s*$|"\w+"\s*:\s*"[^"]*(?:ping|pong|heartbeat)"/i;
const MASKED = '***';

/** An id of the recording and the client's id in its place. */
interface Translation {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Pairs the frames that a recording shows as sent with the frames that the client sends now. Two frames are a pair if they
 * differ in nothing but the ids of the request and what is masked. The ids of a pair are then translated in what comes in.
 */
export class RequestMatch {
  readonly #isId: (name: string) => boolean;
  /** Frames of the client that are not in the recording so far. */
  #sent: string[] = [];
  /** By the name and the recorded value, as JSON. */
  readonly #ids = new Map<string, string>();
  /** The names of the ids, and a pattern that finds the members with such a name. */
  readonly #names = new Set<string>();
  #quick: RegExp | undefined;

  /** @param idField - the name of the member with the id; missing: the usual names */
  constructor(idField: string | undefined) {
    this.#isId = idField === undefined ? (name) => ID_NAMES.test(name) : (name) => name === idField;
  }

  /** Whether a recorded frame is worth waiting for. */
  isAwaited(recorded: string): boolean {
    return !PING.test(recorded);
  }

  /** A new socket: what the client sent before is over. */
  reset(): void {
    this.#sent = [];
  }

  /** The client has sent a frame. */
  add(sent: string): void {
    this.#sent.push(sent);
    if (this.#sent.length > MOST_WAITING) this.#sent.shift();
  }

  /** Looks for the partner of a recorded frame among the frames of the client. */
  find(recorded: string): boolean {
    for (const [at, sent] of this.#sent.entries()) {
      const translations = this.#compare(recorded, sent);
      if (!translations) continue;
      this.#sent.splice(at, 1);
      for (const { name, from, to } of translations) this.#learn(name, from, to);
      return true;
    }
    return false;
  }

  /** A recorded frame with the client's own ids. */
  translate(text: string): string {
    if (!this.#quick) return text;
    return text.replace(this.#quick, (member, name: string, gap: string, value: string, at: number) => {
      const to = this.#ids.get(keyOf(name, value));
      return to !== undefined && isTop(text, at) ? `"${name}"${gap}${to}` : member;
    });
  }

  #learn(name: string, from: string, to: string): void {
    if (from === to) return;
    if (this.#ids.size >= MOST_IDS) this.#ids.delete(this.#ids.keys().next().value as string);
    this.#ids.set(keyOf(name, from), to);
    if (this.#names.has(name)) return;
    this.#names.add(name);
    const names = [...this.#names].map(quote).join('|');
    this.#quick = new RegExp(`"(${names})"(\\s*:\\s*)("(?:[^"\\\\]|\\\\.)*"|-?\\d+)`, 'g');
  }

  /** The ids in which two frames differ; undefined if they differ in anything else. */
  #compare(recorded: string, sent: string): Translation[] | undefined {
    if (recorded === sent) return [];
    try {
      const translations: Translation[] = [];
      return this.#isSame(JSON.parse(recorded), JSON.parse(sent), true, translations) ? translations : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param isTop - whether the members of this value are those of a request: ids may differ here */
  #isSame(recorded: unknown, sent: unknown, isTop: boolean, found: Translation[]): boolean {
    if (recorded === sent || recorded === MASKED) return true;
    if (typeof recorded !== 'object' || typeof sent !== 'object' || !recorded || !sent) return false;
    if (Array.isArray(recorded) !== Array.isArray(sent)) return false;
    const names = Object.keys(recorded);
    if (names.length !== Object.keys(sent).length) return false;
    return names.every((name) => {
      const [was, is] = [recorded, sent].map((value) => (value as Record<string, unknown>)[name]);
      if (isTop && this.#isId(name) && isScalar(was) && isScalar(is)) {
        found.push({ name, from: JSON.stringify(was), to: JSON.stringify(is) });
        return true;
      }
      return Object.hasOwn(sent, name) && this.#isSame(was, is, isTop && Array.isArray(recorded), found);
    });
  }
}

function keyOf(name: string, value: string): string {
  return `${name}:${value}`;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function quote(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Whether a member belongs to the outermost object, or to an object of the outermost list. */
function isTop(text: string, at: number): boolean {
  let depth = 0;
  for (const [token] of text.slice(0, at).matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
  }
  return depth === (/^\s*\[/.test(text) ? 2 : 1);
}
