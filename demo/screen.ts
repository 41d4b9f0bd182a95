import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 };
/** Milliseconds between two paintings of the panel. */
const REFRESH = 200;

/**
 * Prints lines. On a terminal it also keeps a panel below the lines up to date. Without a terminal it prints plain lines
 * for a file or a pipe. Colours need a terminal, and NO_COLOR (no-color.org) turns them off.
 */
export class Screen {
  readonly #out: WriteStream;
  readonly #isLive: boolean;
  readonly #isColoured: boolean;
  #panel: (() => string[]) | undefined;
  #painting: NodeJS.Timeout | undefined;
  /** The number of panel lines on the terminal. */
  #painted = 0;

  constructor(out: WriteStream, environment: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#isLive = out.isTTY === true && environment.TERM !== 'dumb';
    this.#isColoured = this.#isLive && !environment.NO_COLOR;
  }

  /** Whether the output is a terminal. */
  get isLive(): boolean {
    return this.#isLive;
  }

  paint(text: string, ...colours: Colour[]): string {
    if (!this.#isColoured) return text;
    return colours.reduce((painted, colour) => `\x1b[${CODES[colour]}m${painted}\x1b[0m`, text);
  }

  print(line = ''): void {
    this.#draw(`${line}\n`);
  }

  /** Shows the lines of `panel` below all other lines until `stop()`. Does nothing without a terminal. */
  start(panel: () => string[]): void {
    if (!this.#isLive) return;
    this.#panel = panel;
    this.#painting = setInterval(() => this.#draw(''), REFRESH);
    this.#draw('');
  }

  stop(): void {
    clearInterval(this.#painting);
    this.#panel = undefined;
    this.#draw('');
  }

  /** Removes the panel, prints the text, and paints the panel again, all in one write, so that the screen does not flicker. */
  #draw(text: string): void {
    const lines = this.#panel?.().map((line) => this.#cut(line)) ?? [];
    const erase = this.#painted > 0 ? `\x1b[${this.#painted}A\x1b[J` : '';
    this.#painted = lines.length;
    this.#out.write(erase + text + lines.map((line) => `${line}\n`).join(''));
  }

  /** Cuts a line to the width of the terminal: a wrapped line takes two rows and would shift the panel. */
  #cut(line: string): string {
    // A terminal of unknown width reports 0.
    const columns = this.#out.columns || 80;
    const plain = stripVTControlCharacters(line);
    return plain.length < columns ? line : plain.slice(0, columns - 1);
  }
}
