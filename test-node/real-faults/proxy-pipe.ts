import type { Socket } from 'node:net';

/** What a line makes of the bytes that pass. */
export interface LineConditions {
  /** Milliseconds that each byte is under way. */
  readonly latency: number;
  /** Bytes per second; Infinity for as fast as the host is. */
  readonly rate: number;
}

/** Bytes under way above which the source is read no further, so that a slow line is felt at its other end. */
const HIGH_WATER = 64 * 1_024;
/** A slow line passes so many times a second a part of what it holds. */
const PORTIONS_PER_SECOND = 200;

interface Chunk {
  readonly dueAt: number;
  readonly bytes: Uint8Array;
}

/** One direction of a proxied connection: takes what one socket says, and says it to the other, later or never. */
export class ProxyPipe {
  conditions: LineConditions;
  /** Bytes handed on so far. */
  passed = 0;
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #onEnded: () => void;
  readonly #queue: Chunk[] = [];
  #held = 0;
  #freeAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBlocked = false;
  #isStalled = false;
  #isLost = false;
  #sourceEnded = false;
  #ended = false;
  #cutAt = Infinity;
  #onCut: () => void = () => {};

  /** @param onEnded - nothing passes any more, and nothing is under way */
  constructor(source: Socket, sink: Socket, conditions: LineConditions, onEnded: () => void) {
    this.#source = source;
    this.#sink = sink;
    this.conditions = conditions;
    this.#onEnded = onEnded;
    source.on('data', (bytes: Buffer) => this.#take(bytes));
    for (const event of ['end', 'close']) {
      source.on(event, () => {
        this.#sourceEnded = true;
        this.#pump();
      });
    }
    sink.on('drain', () => {
      this.#isBlocked = false;
      this.#pump();
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** From now on bytes and the end of the stream vanish, and so does what is under way. There is no way back. */
  lose(): void {
    this.#isLost = true;
    this.#queue.length = 0;
    this.#held = 0;
    this.#source.resume();
    this.#pump();
  }

  /** Holds everything back, the end of the stream included. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Lets go of what was held back, in one burst. */
  release(): void {
    this.#isStalled = false;
    this.#pump();
  }

  /** Passes so many more bytes (at least one), to the byte; then it is lost, and calls back. */
  cutAfter(bytes: number, onCut: () => void): void {
    this.#cutAt = this.passed + Math.max(1, bytes);
    this.#onCut = onCut;
    this.#pump();
  }

  /** Ends the stream here, whatever the source still says. */
  finish(): void {
    this.lose();
    this.#sink.end();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#isLost = true;
    this.#queue.length = 0;
  }

  #take(bytes: Uint8Array): void {
    if (this.#isLost) return;
    this.#queue.push({ dueAt: performance.now() + this.conditions.latency, bytes });
    this.#held += bytes.byteLength;
    if (this.#held > HIGH_WATER) this.#source.pause();
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    for (let next = this.#queue[0]; next && !this.#isStalled && !this.#isBlocked; next = this.#queue[0]) {
      const wait = Math.max(next.dueAt, this.#freeAt) - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(wait));
        return;
      }
      if (!this.#pass(next)) return;
    }
    if (this.#sourceEnded && this.#queue.length === 0 && !this.#isStalled && !this.#ended) {
      this.#ended = true;
      if (!this.#isLost) this.#sink.end();
      this.#onEnded();
    }
  }

  /** Hands on as much of the first chunk as may leave now; false where the line was cut. */
  #pass({ dueAt, bytes }: Chunk): boolean {
    const { rate } = this.conditions;
    const allowed = this.#cutAt - this.passed;
    const portion = Math.min(bytes.byteLength, Math.max(1, Math.floor(rate / PORTIONS_PER_SECOND)), allowed);
    this.#queue.shift();
    if (portion < bytes.byteLength) this.#queue.unshift({ dueAt, bytes: bytes.subarray(portion) });
    this.#held -= portion;
    this.passed += portion;
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + (portion / rate) * 1_000;
    const isCut = portion === allowed;
    // What did pass has to arrive, so that the cut waits for the system to have taken it.
    const isTaken = this.#sink.write(bytes.subarray(0, portion), isCut ? this.#onCut : undefined);
    if (isCut) {
      this.lose();
      return false;
    }
    this.#isBlocked = !isTaken;
    if (this.#held <= HIGH_WATER / 2) this.#source.resume();
    return true;
  }
}
