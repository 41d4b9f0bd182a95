import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 };
/** Between two paintings of the panel. */
const REFRESH = 200;

/**
 * Prints lines, and on a terminal keeps a panel below them up to date. Colours need a terminal, and no NO_COLOR
 * (no-color.org); elsewhere plain lines come out, fit for a file or a pipe.
 */
export class Screen {
  readonly #out: WriteStream;
  readonly #isLive: boolean;
  readonly #isColoured: boolean;
  #panel: (() => string[]) | undefined;
  #painting: NodeJS.Timeout | undefined;
  /** Lines of the panel that stand on the terminal. */
  #painted = 0;

  constructor(out: WriteStream, environment: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#isLive = out.isTTY === true && environment.TERM !== 'dumb';
    this.#isColoured = this.#isLive && !environment.NO_COLOR;
  }

  /** Whether somebody watches. */
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

  /** Shows what `panel` returns below all lines, until `stop()`. Does nothing where there is no terminal. */
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

  /** In one write, so that nothing flickers: takes the panel away, prints above it, puts it back. */
  #draw(text: string): void {
    const lines = this.#panel?.().map((line) => this.#cut(line)) ?? [];
    const erase = this.#painted > 0 ? `\x1b[${this.#painted}A\x1b[J` : '';
    this.#painted = lines.length;
    this.#out.write(erase + text + lines.map((line) => `${line}\n`).join(''));
  }

  /** A line that wraps would be two on the terminal, and the panel would creep upwards. */
  #cut(line: string): string {
    // A terminal that does not know its width says 0.
    const columns = this.#out.columns || 80;
    const plain = stripVTControlCharacters(line);
    return plain.length < columns ? line : plain.slice(0, columns - 1);
  }
}
