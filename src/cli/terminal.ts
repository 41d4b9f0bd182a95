import { stripVTControlCharacters } from 'node:util';

/** A stream to print to: of a terminal, a file or a pipe. */
export interface OutStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number;
  write(text: string): unknown;
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'grey' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 };
/** Milliseconds between two paintings of the status. */
const REFRESH = 250;
const USUAL_WIDTH = 80;

/**
 * Prints lines, and on a terminal keeps a status of one or more lines below them. To a file or a pipe it prints plain
 * lines. NO_COLOR (no-color.org) turns colours off.
 */
export class Terminal {
  readonly #stream: OutStream;
  readonly #isLive: boolean;
  readonly #isColoured: boolean;
  #status: (() => readonly string[]) | undefined;
  #painting: NodeJS.Timeout | undefined;
  /** The number of lines of the status on the terminal. */
  #painted = 0;

  constructor(stream: OutStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#isLive = stream.isTTY === true && environment.TERM !== 'dumb';
    this.#isColoured = this.#isLive && !environment.NO_COLOR;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** How many characters a line may have. */
  get width(): number {
    return (this.#isLive && this.#stream.columns) || USUAL_WIDTH;
  }

  paint(text: string, ...colours: readonly Colour[]): string {
    if (!this.#isColoured) return text;
    return colours.reduce((painted, colour) => `\x1b[${CODES[colour]}m${painted}\x1b[0m`, text);
  }

  print(line = ''): void {
    this.#draw(`${line}\n`);
  }

  /** Keeps a status below all other lines until `end()`. Does nothing without a terminal. */
  show(status: () => readonly string[]): void {
    if (!this.#isLive) return;
    this.#status = status;
    this.#painting = setInterval(() => this.#draw(''), REFRESH);
    this.#draw('');
  }

  end(): void {
    clearInterval(this.#painting);
    this.#status = undefined;
    this.#draw('');
  }

  /** In one write, so that the screen does not flicker. */
  #draw(text: string): void {
    const up = this.#painted > 1 ? `\x1b[${this.#painted - 1}A` : '';
    const erase = this.#painted > 0 ? `\r${up}\x1b[J` : '';
    const lines = this.#status?.().map((line) => this.cut(line)) ?? [];
    this.#painted = lines.length;
    const output = erase + text + lines.join('\n');
    if (output !== '') this.#stream.write(output);
  }

  /** Cuts a line to the width: a line that wraps would shift the status. */
  cut(line: string): string {
    const plain = stripVTControlCharacters(line);
    return plain.length < this.width ? line : `${plain.slice(0, this.width - 2)}…`;
  }
}
