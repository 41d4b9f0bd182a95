import type { TurnTime } from '../util/turn-time.js';

/** When, and on which connection, the frame at hand arrived: each update and each gap is stamped with it. */
export class Arrival {
  readonly #turnTime: TurnTime;
  #epoch = 0;
  #isOver = true;

  constructor(turnTime: TurnTime) {
    this.#turnTime = turnTime;
  }

  /** 1 for the first connection that became ready. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the connection of the frame at hand has ended: code that the frame called has ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A new connection is open. */
  opened(): void {
    this.#isOver = false;
  }

  /** The connection is lost. */
  lost(): void {
    this.#isOver = true;
  }

  /** A new connection is ready. */
  ready(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Unix milliseconds. */
  time(): number {
    return this.#turnTime.now();
  }
}
