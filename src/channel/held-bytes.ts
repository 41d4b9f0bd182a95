import { countHolder, type Message } from '../protocol/message.js';

/** A buffer that can drop an update. */
export interface HoldingBuffer {
  /** Bytes of the updates that it holds. */
  readonly bytes: number;
  /** Drops one update, or all of them. */
  makeRoom(): void;
}

/** A buffer and what it held when it was put into the ranking. */
interface Rank {
  readonly buffer: HoldingBuffer;
  readonly bytes: number;
}

/** How many ranks there may be for each buffer before the outdated ones are thrown away. */
const RANKS_PER_BUFFER = 4;

/**
 * Bounds what all channels of a client hold. A message counts once, however many buffers hold it: text by its length,
 * binary by its bytes. Over the bound, the buffer that holds the most makes room, unless it holds less than an equal share.
 */
export class HeldBytes {
  readonly #limit: number;
  #total = 0;
  /** How many buffers hold something. */
  #holders = 0;
  /** Buffers that can make room. */
  readonly #buffers = new Set<HoldingBuffer>();
  /**
   * A binary heap with the largest rank first; made when the bound is first exceeded. A buffer that grows gets a new
   * rank. A rank that says more than its buffer holds is put back when it is the first.
   */
  #ranks: Rank[] = [];
  #isRanked = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  get isOver(): boolean {
    return this.#total > this.#limit;
  }

  /** A buffer begins to hold something, or holds nothing more. */
  countHolder(change: 1 | -1): void {
    this.#holders += change;
  }

  /** A buffer that can make room begins to hold updates. */
  list(buffer: HoldingBuffer): void {
    this.#buffers.add(buffer);
  }

  /** A buffer is not to make room any more. */
  unlist(buffer: HoldingBuffer): void {
    this.#buffers.delete(buffer);
  }

  /** One more buffer holds a message. Returns the bytes of the message. */
  hold(message: Message): number {
    const bytes = message.raw.length;
    if (countHolder(message, 1) === 1) this.#total += bytes;
    return bytes;
  }

  /** A buffer holds a message no more. Returns the bytes of the message. */
  release(message: Message): number {
    const bytes = message.raw.length;
    if (countHolder(message, -1) === 0) this.#total -= bytes;
    // Far below the bound a ranking is not worth its cost.
    if (this.#isRanked && this.#total < this.#limit / 2) this.#forgetRanks();
    return bytes;
  }

  /** A buffer holds one message instead of another. Returns by how many bytes the buffer has grown. */
  exchange(left: Message, kept: Message): number {
    const gained = kept.raw.length;
    const lost = left.raw.length;
    if (countHolder(kept, 1) === 1) this.#total += gained;
    if (countHolder(left, -1) === 0) this.#total -= lost;
    return gained - lost;
  }

  /** A buffer has grown. */
  grown(buffer: HoldingBuffer): void {
    if (!this.#isRanked) return;
    if (this.#ranks.length > RANKS_PER_BUFFER * this.#buffers.size) this.#rankAll();
    else this.#insert({ buffer, bytes: buffer.bytes });
  }

  /** Lets the largest buffers make room until the bound holds, or no buffer can. */
  makeRoom(): void {
    if (!this.#isRanked) this.#rankAll();
    while (this.isOver) {
      const largest = this.#takeLargest();
      if (!largest) return;
      // Below an equal share nothing is lost: the rest is held by buffers that cannot make room.
      if (largest.bytes * this.#holders <= this.#limit) {
        this.#insert({ buffer: largest, bytes: largest.bytes });
        return;
      }
      largest.makeRoom();
      if (this.#buffers.has(largest)) this.#insert({ buffer: largest, bytes: largest.bytes });
    }
  }

  #forgetRanks(): void {
    this.#ranks = [];
    this.#isRanked = false;
  }

  #rankAll(): void {
    this.#ranks = [];
    this.#isRanked = true;
    for (const buffer of this.#buffers) if (buffer.bytes > 0) this.#insert({ buffer, bytes: buffer.bytes });
  }

  #takeLargest(): HoldingBuffer | undefined {
    for (;;) {
      const rank = this.#shift();
      if (!rank) return undefined;
      const { buffer, bytes } = rank;
      if (!this.#buffers.has(buffer) || buffer.bytes === 0) continue;
      if (buffer.bytes >= bytes) return buffer;
      this.#insert({ buffer, bytes: buffer.bytes });
    }
  }

  // ——— The heap ———

  #insert(rank: Rank): void {
    const ranks = this.#ranks;
    let at = ranks.length;
    for (let parent = (at - 1) >> 1; at > 0 && bytesAt(ranks, parent) < rank.bytes; parent = (at - 1) >> 1) {
      ranks[at] = ranks[parent] as Rank;
      at = parent;
    }
    ranks[at] = rank;
  }

  #shift(): Rank | undefined {
    const ranks = this.#ranks;
    const first = ranks[0];
    const last = ranks.pop();
    if (!last || ranks.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (bytesAt(ranks, child + 1) > bytesAt(ranks, child)) child++;
      if (bytesAt(ranks, child) <= last.bytes) break;
      ranks[at] = ranks[child] as Rank;
      at = child;
    }
    ranks[at] = last;
    return first;
  }
}

/** Below all others where there is no rank. */
function bytesAt(ranks: readonly Rank[], index: number): number {
  return ranks[index]?.bytes ?? -1;
}
