import type { VirtualClock } from './virtual-clock.js';
import type { VirtualTimer } from './virtual-timers.js';

interface Parcel {
  readonly at: number;
  readonly bytes: number;
  readonly deliver: () => void;
}

/**
 * One direction of a connection: what goes in comes out in order, after the latency, or (as with TCP) not at all. Nothing
 * is ever lost in the middle: a stalled pipe delivers everything later, in a burst; a black hole never delivers again.
 */
export class SimulatedPipe {
  readonly #clock: VirtualClock;
  readonly #latency: () => number;
  /** Whether what arrived together is handed out in one go, as Node does, or turn by turn, as browsers do. */
  readonly #inChunks: boolean;
  readonly #parcels: Parcel[] = [];
  #arrivesAt = 0;
  #timer: VirtualTimer | undefined;
  #queuedBytes = 0;
  #stalled = false;
  #paused = false;
  #over = false;
  #allowance = Infinity;
  #onCut: () => void = () => {};

  constructor(clock: VirtualClock, latency: () => number, inChunks: boolean) {
    this.#clock = clock;
    this.#latency = latency;
    this.#inChunks = inChunks;
  }

  /** Bytes that went in and have not come out. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  push(bytes: number, deliver: () => void): void {
    this.#queuedBytes += bytes;
    if (this.#over) return;
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#clock.now() + this.#latency());
    this.#parcels.push({ at: this.#arrivesAt, bytes, deliver });
    this.#arm();
  }

  /** The network holds everything back, until `release()`. */
  stall(): void {
    this.#stalled = true;
    this.#disarm();
  }

  release(): void {
    this.#stalled = false;
    this.#arm();
  }

  /** The reading end does not read, until `resume()`. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  /** From now on nothing comes out, and nobody is told. */
  end(): void {
    this.#over = true;
    this.#parcels.length = 0;
    this.#disarm();
  }

  /** Calls back instead of delivering the first parcel that goes beyond so many more bytes, and ends. */
  cutAfter(bytes: number, onCut: () => void): void {
    this.#allowance = bytes;
    this.#onCut = onCut;
  }

  #arm(): void {
    const first = this.#parcels[0];
    if (!first || this.#timer || this.#stalled || this.#paused) return;
    this.#timer = this.#clock.setArrival(() => this.#arrive(), first.at - this.#clock.now());
  }

  #disarm(): void {
    if (this.#timer) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #arrive(): void {
    this.#timer = undefined;
    for (let count = 0; count === 0 || (this.#inChunks && this.#hasArrived()); count++) {
      if (count > 0) this.#clock.alsoArrived(1);
      const parcel = this.#parcels.shift() as Parcel;
      this.#queuedBytes -= parcel.bytes;
      this.#allowance -= parcel.bytes;
      if (this.#allowance < 0) {
        this.end();
        return this.#onCut();
      }
      parcel.deliver();
    }
    this.#arm();
  }

  #hasArrived(): boolean {
    const first = this.#parcels[0];
    return first !== undefined && first.at <= this.#clock.now() && !this.#stalled && !this.#paused;
  }
}
