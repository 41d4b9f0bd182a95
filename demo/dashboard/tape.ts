/** Characters that are kept as text before they become a part of the file. */
const PART = 1_000_000;

/** The lines of a recording as parts of a file. A browser may keep the parts on the disk. */
export class Tape {
  readonly #parts: Blob[] = [];
  #lines: string[] = [];
  /** Characters of these lines. */
  #waiting = 0;
  #bytes = 0;

  /** A little less while the newest lines hold characters of several bytes. */
  get bytes(): number {
    return this.#bytes + this.#waiting;
  }

  add(line: string): void {
    this.#lines.push(line, '\n');
    this.#waiting += line.length + 1;
    if (this.#waiting >= PART) this.#fold();
  }

  file(): Blob {
    this.#fold();
    return new Blob(this.#parts, { type: 'application/x-ndjson' });
  }

  #fold(): void {
    const part = new Blob(this.#lines);
    this.#parts.push(part);
    this.#bytes += part.size;
    this.#lines = [];
    this.#waiting = 0;
  }
}
