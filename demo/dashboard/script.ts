/** What a frame of the demo's protocol asks for. */
export interface Asked {
  readonly id?: string;
  readonly method: string;
  readonly params: unknown;
}

/** A line before it is played. */
export interface ScriptLine {
  /** Milliseconds since the start of the recording. */
  readonly time: number;
  /** The market, if the page showed another one from here on. */
  readonly market?: string;
  /** Whether a connection begins here, on which nothing is subscribed. */
  readonly begins?: true;
  /** What the page had subscribed before the next line. */
  readonly topics?: readonly string[];
}

/** A line of a recording that says what the page did. */
interface Deed {
  readonly time: number;
  readonly socket: number;
  readonly event: 'out' | 'connecting';
  readonly text?: string;
}

/** Differs in each replay: the time from which on the page wants candles. A player takes stars for any value. */
const ANY = '***';
const TRADES = /^trades\./;

/** What the page did while a recording was made, so that a replay can do the same again. */
export class Script {
  /** Milliseconds from the start of the recording to its last line. */
  readonly length: number;
  /** The market that the page showed first; undefined for a recording of something else. */
  readonly market: string | undefined;
  /** All that the page subscribed at any time. */
  readonly topics: ReadonlySet<string>;
  readonly #text: string;
  /** The lines that are played in another form than they have. */
  readonly #changed = new Map<number, string>();
  readonly #subscribed = new Map<number, readonly string[]>();
  /** At which lines a connection begins. */
  readonly #beginnings = new Set<number>();
  /** At which line the page showed another market. */
  readonly #turns = new Map<number, string>();
  /** How often each question was asked. */
  readonly #counts = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
    let number = -1;
    let last = '';
    /** Where the page could turn to another market: when it ended a subscription, or while it had no connection. */
    let turn = 0;
    let market: string | undefined;
    for (const line of linesOf(text)) {
      number++;
      if (line !== '') last = line;
      const deed = deedIn(line);
      if (deed?.event === 'connecting') {
        this.#beginnings.add(number);
        turn = number;
      }
      const asked = deed?.text === undefined ? undefined : askedIn(deed.text);
      if (!deed || !asked) continue;
      this.#read(number, deed, asked);
      const topic = topicsOf(asked).find((topic) => TRADES.test(topic));
      if (topic === undefined) continue;
      if (asked.method === 'unsubscribe') turn = number;
      if (asked.method !== 'subscribe') continue;
      const symbol = topic.replace(TRADES, '');
      if (market !== undefined && symbol !== market) this.#turns.set(turn, symbol);
      this.market ??= symbol;
      market = symbol;
    }
    this.length = timeOf(last);
    this.topics = new Set([...this.#subscribed.values()].flat());
  }

  /** How often the page asked a question, by its key. */
  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The lines for a player, each made when it is needed; the numbers of the lines stay. */
  *lines(onLine: (line: ScriptLine) => void): Generator<string> {
    let number = -1;
    for (const line of linesOf(this.#text)) {
      number++;
      const market = this.#turns.get(number);
      const topics = this.#subscribed.get(number);
      const begins = this.#beginnings.has(number);
      onLine({
        time: timeOf(line),
        ...(market && { market }),
        ...(begins && { begins }),
        ...(topics && { topics }),
      });
      yield this.#changed.get(number) ?? line;
    }
  }

  #read(number: number, { time, socket }: Deed, asked: Asked): void {
    // A line of which nothing comes: a replay answers subscriptions itself, and sends no pings and no orders.
    const mark = JSON.stringify({ time, socket, event: 'pong', direction: 'in' });
    switch (asked.method) {
      case 'subscribe':
        this.#subscribed.set(number, topicsOf(asked));
        return void this.#changed.set(number, mark);
      case 'unsubscribe':
      case 'ping':
      case 'order.place':
      case 'order.status':
        return void this.#changed.set(number, mark);
    }
    const key = keyOf(asked);
    this.#counts.set(key, this.count(key) + 1);
    const text = JSON.stringify({ ...asked, params: withoutTime(asked.params) });
    this.#changed.set(number, JSON.stringify({ time, socket, event: 'out', text }));
  }
}

/** Reads a frame of the page. */
export function askedIn(text: string): Asked | undefined {
  const read = membersIn(text);
  return typeof read?.method === 'string' ? (read as unknown as Asked) : undefined;
}

export function topicsOf({ params }: Asked): readonly string[] {
  return Array.isArray(params) ? params.map(String) : [];
}

/** The same for two frames that ask the same. */
export function keyOf({ method, params }: Asked): string {
  return JSON.stringify([method, withoutTime(params)]);
}

function withoutTime(params: unknown): unknown {
  return typeof params === 'object' && params && 'since' in params ? { ...params, since: ANY } : params;
}

function deedIn(line: string): Deed | undefined {
  if (!/"event":"(?:out|connecting)"/.test(line)) return undefined;
  const read = membersIn(line);
  return read?.event === 'out' || read?.event === 'connecting' ? (read as unknown as Deed) : undefined;
}

/** What is no JSON is the player's to report: it names the line. */
function membersIn(text: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Each line begins with its time. To parse all lines for it would take as long as the replay. */
function timeOf(line: string): number {
  return Number(/^\{"time":([\d.]+)/.exec(line)?.[1] ?? 0);
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, stop);
    start = stop + 1;
  }
}
