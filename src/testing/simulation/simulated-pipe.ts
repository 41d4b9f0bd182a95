import type { VirtualClock } from './virtual-clock.js';
import type { VirtualTimer } from './virtual-timers.js';

interface Parcel {
  readonly at: number;
  readonly bytes: number;
  readonly deliver: () => void;
}

/**
 * One direction of a TCP connection. Parcels come out in order, after the latency. As with TCP, no parcel is lost
 * between two others: a stalled pipe delivers everything later in one burst, and an ended pipe never delivers again.
 */
export class SimulatedPipe {
  readonly #clock: VirtualClock;
  readonly #latency: () => number;
  /**
   * Whether parcels that arrive together are handed out in one turn, as in Node, or each in its own, as in browsers.
   */
  readonly #inChunks: boolean;
  readonly #parcels: Parcel[] = [];
  #arrivesAt = 0;
  #timer: VirtualTimer | undefined;
  #queuedBytes = 0;
  #pushedBytes = 0;
  #stalled = false;
  #paused = false;
  #ended = false;
  #allowance = Infinity;
  #cameOutAt = -Infinity;
  /** Bytes per millisecond. */
  #rate = Infinity;
  /** When the first parcel began to come out, and when it is out. */
  #from = 0;
  #until = 0;
  #onCut: () => void = () => {};

  constructor(clock: VirtualClock, latency: () => number, inChunks: boolean) {
    this.#clock = clock;
    this.#latency = latency;
    this.#inChunks = inChunks;
  }

  /** Bytes that went in and did not come out yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that went in so far. */
  get pushedBytes(): number {
    return this.#pushedBytes;
  }

  /** When a byte last came out. */
  get cameOutAt(): number {
    return this.#cameOutAt;
  }

  /** Bytes that came out so far, also of a parcel that is not complete. */
  get deliveredBytes(): number {
    return this.#pushedBytes - this.#queuedBytes + (this.isMoving ? this.#partialBytes : 0);
  }

  /** Whether a part of a parcel is out, and more of it is coming. */
  get isMoving(): boolean {
    const now = this.#clock.now();
    return this.#timer !== undefined && this.#from < now && now < this.#until && this.#partialBytes > 0;
  }

  push(bytes: number, deliver: () => void): void {
    this.#queuedBytes += bytes;
    this.#pushedBytes += bytes;
    if (this.#ended) return;
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#clock.now() + this.#latency());
    this.#parcels.push({ at: this.#arrivesAt, bytes, deliver });
    this.#arm();
  }

  /** Lets so many bytes per millisecond come out; a parcel counts only when all of it is out. */
  limit(rate: number): void {
    this.#disarm();
    this.#rate = rate;
    this.#arm();
  }

  /** Stops delivery until `release()`: the network holds everything back. */
  stall(): void {
    this.#stalled = true;
    this.#disarm();
  }

  release(): void {
    this.#stalled = false;
    this.#arm();
  }

  /** Stops delivery until `resume()`: the reader does not read. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  /** Stops delivery for good. Neither end is informed. */
  end(): void {
    this.#ended = true;
    this.#parcels.length = 0;
    this.#disarm();
  }

  /** Delivers at most `bytes` more bytes. The parcel that exceeds them ends the pipe and calls `onCut` instead. */
  cutAfter(bytes: number, onCut: () => void): void {
    this.#allowance = bytes;
    this.#onCut = onCut;
  }

  #arm(): void {
    const first = this.#parcels[0];
    if (!first || this.#timer || this.#stalled || this.#paused) return;
    const now = this.#clock.now();
    this.#from = Math.max(first.at, now);
    this.#until = this.#from + first.bytes / this.#rate;
    this.#timer = this.#clock.setArrival(() => this.#arrive(), this.#until - now);
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
      if (parcel.bytes > 0) this.#cameOutAt = this.#clock.now();
      this.#queuedBytes -= parcel.bytes;
      this.#allowance -= parcel.bytes;
      if (this.#allowance < 0) {
        this.end();
        return this.#onCut();
      }
      parcel.deliver();
    }
    // A `resume()` inside a delivery may have armed it for a parcel that has come out since.
    this.#disarm();
    this.#arm();
  }

  #hasArrived(): boolean {
    const first = this.#parcels[0];
    return (
      first !== undefined && first.at <= this.#clock.now() && this.#rate === Infinity && !this.#stalled && !this.#paused
    );
  }

  get #partialBytes(): number {
    const bytes = this.#parcels[0]?.bytes ?? 0;
    return Math.floor((bytes * (this.#clock.now() - this.#from)) / (this.#until - this.#from));
  }
}
