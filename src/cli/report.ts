import type { OutputOptions } from './arguments.js';
import type { Colour, OutStream, Terminal } from './terminal.js';
import * as texts from './texts.js';

/** What a line is about. */
export type EventKind =
  | 'connect'
  | 'ready'
  | 'lost'
  | 'wait'
  | 'topic'
  | 'gap'
  | 'warning'
  | 'error'
  | 'serve'
  | 'record';

const COLOURS: Readonly<Record<EventKind, Colour>> = {
  connect: 'grey',
  ready: 'green',
  lost: 'red',
  wait: 'yellow',
  topic: 'green',
  gap: 'yellow',
  warning: 'yellow',
  error: 'red',
  serve: 'green',
  record: 'green',
};

/** How many frames are shown in a second where not all are wanted. */
const FRAMES_PER_SECOND = 10;

/** Tells what happens: in lines for people, or in one JSON object for each. */
export class Report {
  readonly #terminal: Terminal;
  readonly #json: OutStream | undefined;
  readonly #frames: OutputOptions['frames'];
  #second = 0;
  #shownInSecond = 0;
  #shown = 0;
  #seen = 0;

  /**
   * @param terminal - for people
   * @param json - for programs; then only a summary goes to the terminal
   */
  constructor(terminal: Terminal, frames: OutputOptions['frames'], json?: OutStream) {
    this.#terminal = terminal;
    this.#frames = frames;
    this.#json = json;
  }

  event(kind: EventKind, text: string, facts: object = {}): void {
    if (this.#json) return this.#write(kind, { text, ...facts });
    const time = this.#terminal.paint(clock(), 'grey');
    this.#terminal.print(`${time} ${this.#terminal.paint(kind.padEnd(7), COLOURS[kind])} ${plain(text)}`);
  }

  frame(direction: 'in' | 'out', text: string): void {
    this.#seen++;
    if (this.#frames === 'none' || (this.#frames === 'some' && !this.#hasRoom())) return;
    this.#shown++;
    if (this.#json) return this.#write('frame', { direction, text });
    const sign = this.#terminal.paint(direction === 'in' ? '<' : '>', direction === 'in' ? 'cyan' : 'yellow');
    const isWhole = this.#frames === 'all';
    // Only what fits is made ready: a frame may have millions of characters.
    const shown = plain(isWhole ? text : text.slice(0, this.#terminal.width));
    const line = `${this.#terminal.paint(clock(), 'grey')} ${sign} ${shown}`;
    this.#terminal.print(isWhole ? line : this.#terminal.cut(line));
  }

  /** Numbers for programs. */
  stats(facts: object): void {
    if (this.#json) this.#write('stats', facts);
  }

  /** The result of the run. */
  summary(facts: readonly string[], numbers: object): void {
    if (this.#json) this.#write('summary', numbers);
    const left = this.#frames === 'some' ? this.#seen - this.#shown : 0;
    const lines = wrap(facts, this.#terminal.width);
    if (left > 0) lines.push(texts.notShown(left));
    for (const line of lines) this.#terminal.print(line);
  }

  status(status: () => string): void {
    this.#terminal.show(() => [status()]);
  }

  /** No status line any more. */
  end(): void {
    this.#terminal.end();
  }

  #hasRoom(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) this.#shownInSecond = 0;
    this.#second = second;
    return this.#shownInSecond++ < FRAMES_PER_SECOND;
  }

  #write(type: string, facts: object): void {
    this.#json?.write(`${JSON.stringify({ time: Date.now(), type, ...facts })}\n`);
  }
}

/** Facts in lines that are not wider than the terminal. */
function wrap(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const longer = lines.length > 0 ? `${lines.at(-1)}, ${fact}` : fact;
    if (lines.length > 0 && longer.length < width) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines;
}

/** The local time, to the millisecond. */
function clock(): string {
  const now = new Date();
  const [hours, minutes, seconds] = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(now.getMilliseconds()).padStart(3, '0')}`;
}

/** A server must not move the cursor, nor change colours. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
