import type { Message } from '../protocol/message.js';
import type { HeldBytes, HoldingBuffer } from './held-bytes.js';
import { type Gap, mergeGaps, type Update, withGap } from './update.js';

/**
 * What a full channel does. `drop-oldest`: forgets its oldest update. `drop-newest`: refuses the new update. `latest`: keeps
 * the newest update only, per key. `fail`: ends with a `CapacityExceededError`.
 */
export type OverflowPolicy = 'drop-oldest' | 'drop-newest' | 'latest' | 'fail';

const SMALLEST_RING = 16;

/** `kept`: all are kept. `dropped`: the pushed update or an older one was dropped. `full`: the push was refused. */
export type PushOutcome = 'kept' | 'dropped' | 'full';

/** What was dropped in one place of a buffer. Written in place: a slow reader may lose thousands of updates in a row. */
class Hole {
  since = 0;
  until = 0;
  epoch = -1;
  /** The gap that a dropped update carried. */
  carried: Gap | undefined;

  add({ receivedAt, epoch, gap }: Update): void {
    this.since = this.epoch === -1 ? receivedAt : Math.min(this.since, receivedAt);
    this.until = Math.max(this.until, receivedAt);
    this.epoch = Math.max(this.epoch, epoch);
    if (gap) this.carried = mergeGaps(gap, this.carried);
  }

  /** The gap that tells of the hole. */
  get gap(): Gap {
    const { since, until, epoch } = this;
    return mergeGaps({ since, until, epoch, cause: 'overflow' }, this.carried);
  }
}

/** The channel of a buffer. */
export interface BufferOwner {
  /** Counts what all channels of the client hold. */
  readonly heldBytes: HeldBytes;
  /** The buffer holds more than the buffers of all others, and the bound is exceeded. */
  makeRoom(buffer: UpdateBuffer): void;
}

/**
 * Updates that wait for a reader, oldest first, at most `capacity`. After dropped updates, the next update carries a gap
 * that tells of them, and of the gaps that they carried: losses are never silent. A conflating buffer (`latest`) drops on
 * purpose: it passes on the gaps that dropped updates carried, and no other.
 */
export class UpdateBuffer implements HoldingBuffer {
  readonly #capacity: number;
  readonly #overflow: OverflowPolicy;
  /** A ring that grows up to the capacity. `#head` is the index of the oldest. Taking an update moves no other update. */
  #updates: (Update | undefined)[] = [];
  #head = 0;
  #size = 0;
  readonly #key: ((update: Update) => string) | undefined;
  /** For `latest` with a key: the newest update of each key, at the place of the first update of that key. */
  readonly #latest: Map<string, Update> | undefined;
  /** What was dropped before all kept updates. */
  #before: Hole | undefined;
  /** The gap of dropped updates that came after all kept updates; the next update carries it. */
  #gap: Gap | undefined;
  /** What was dropped after all kept updates. */
  #after: Hole | undefined;
  readonly #owner: BufferOwner | undefined;
  #bytes = 0;
  /** A listed buffer can be asked to make room. What an ended buffer holds counts no more. */
  #account: 'new' | 'listed' | 'ended' = 'new';

  /** @param owner - missing: nothing bounds the bytes */
  constructor(
    capacity: number,
    overflow: OverflowPolicy,
    key: ((update: Update) => string) | undefined,
    owner?: BufferOwner,
  ) {
    this.#owner = owner;
    // Without a key only the newest update counts.
    this.#capacity = overflow === 'latest' && !key ? 1 : capacity;
    this.#overflow = overflow;
    if (overflow !== 'latest' || !key) return;
    this.#key = key;
    this.#latest = new Map();
  }

  get size(): number {
    return this.#latest?.size ?? this.#size;
  }

  /** Whether the next update takes the place of another, or is refused. */
  get isFull(): boolean {
    return this.#latest === undefined && this.#size === this.#capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a gap waits for the next update. */
  get owesGap(): boolean {
    return this.#gap !== undefined || this.#after !== undefined;
  }

  push(update: Update): PushOutcome {
    if (this.#latest) return this.#replace(this.#latest, update);
    const isFull = this.#size === this.#capacity;
    if (isFull && this.#overflow === 'fail') return 'full';
    if (isFull && this.#overflow === 'drop-newest') {
      this.#after ??= new Hole();
      this.#after.add(update);
      return 'dropped';
    }
    const passed = this.pass(update);
    if (!isFull) {
      if (this.#size === this.#updates.length) this.#grow();
      this.#updates[(this.#head + this.#size++) % this.#updates.length] = passed;
      this.#hold(passed);
      return 'kept';
    }
    const oldest = this.#updates[this.#head] as Update;
    this.#exchange(oldest.message, passed.message);
    const isLatest = this.#overflow === 'latest';
    this.#updates[this.#head] = isLatest ? withGap(passed, oldest.gap) : passed;
    this.#head = (this.#head + 1) % this.#updates.length;
    if (!isLatest) {
      this.#before ??= new Hole();
      this.#before.add(oldest);
    }
    return 'dropped';
  }

  /** Returns an update with the gap that it has to carry for the updates that were dropped before it. */
  pass(update: Update): Update {
    if (!this.owesGap) return update;
    const gap = this.#after ? mergeGaps(this.#after.gap, this.#gap) : this.#gap;
    this.#gap = undefined;
    this.#after = undefined;
    return withGap(update, gap);
  }

  shift(): Update | undefined {
    if (this.#latest) return this.#shiftLatest(this.#latest);
    const update = this.#updates[this.#head];
    if (!update) return undefined;
    this.#updates[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#updates.length;
    this.#size--;
    this.#release(update);
    const hole = this.#before;
    if (!hole) return update;
    this.#before = undefined;
    return withGap(update, hole.gap);
  }

  makeRoom(): void {
    this.#owner?.makeRoom(this);
  }

  /** Drops one update, as a full buffer does. */
  dropOne(): void {
    if (this.#overflow !== 'drop-newest') {
      const oldest = this.#updates[this.#head] as Update;
      const hole = this.#before ?? new Hole();
      this.#before = undefined;
      this.shift();
      hole.add(oldest);
      if (this.#size > 0) this.#before = hole;
      else this.#gap = this.#gap ? mergeGaps(hole.gap, this.#gap) : hole.gap;
      return;
    }
    const at = (this.#head + --this.#size) % this.#updates.length;
    const newest = this.#updates[at] as Update;
    this.#updates[at] = undefined;
    this.#release(newest);
    this.#after ??= new Hole();
    this.#after.add(newest);
  }

  /** What the buffer holds counts no more: its channel has ended. */
  forget(): void {
    this.#owner?.heldBytes.unlist(this);
    for (const update of this.#latest?.values() ?? this.#updates) if (update) this.#release(update);
    this.#account = 'ended';
  }

  /** The next update carries this gap. */
  owe(gap: Gap): void {
    this.#gap ??= gap;
  }

  clear(): void {
    this.forget();
    this.#updates = [];
    this.#head = this.#size = 0;
    this.#before = this.#after = undefined;
    this.#latest?.clear();
  }

  #hold({ message }: Update): void {
    const heldBytes = this.#owner?.heldBytes;
    if (!heldBytes || this.#account === 'ended') return;
    if (this.#bytes === 0) heldBytes.countHolder(1);
    this.#bytes += heldBytes.hold(message);
    if (this.#bytes === 0) heldBytes.countHolder(-1);
    // The newest update per key is never given up.
    if (this.#overflow === 'latest') return;
    if (this.#account === 'new') {
      this.#account = 'listed';
      heldBytes.list(this);
    }
    heldBytes.grown(this);
  }

  /** One message takes the place of another: the same as releasing one and holding the other, at half the cost. */
  #exchange(left: Message, kept: Message): void {
    const heldBytes = this.#owner?.heldBytes;
    if (!heldBytes || this.#account === 'ended') return;
    const before = this.#bytes;
    this.#bytes += heldBytes.exchange(left, kept);
    if ((before === 0) !== (this.#bytes === 0)) heldBytes.countHolder(before === 0 ? 1 : -1);
    if (this.#bytes > before && this.#account === 'listed') heldBytes.grown(this);
  }

  #release({ message }: Update): void {
    const heldBytes = this.#owner?.heldBytes;
    if (!heldBytes || this.#account === 'ended') return;
    const bytes = heldBytes.release(message);
    this.#bytes -= bytes;
    if (bytes > 0 && this.#bytes === 0) heldBytes.countHolder(-1);
  }

  #grow(): void {
    const room = Math.min(Math.max(2 * this.#size, SMALLEST_RING), this.#capacity);
    this.#updates = [...this.#updates.slice(this.#head), ...this.#updates.slice(0, this.#head)];
    this.#updates.length = room;
    this.#head = 0;
  }

  #replace(latest: Map<string, Update>, update: Update): PushOutcome {
    const key = this.#key?.(update) ?? '';
    const replaced = latest.get(key);
    latest.set(key, withGap(update, replaced?.gap));
    if (replaced) {
      this.#exchange(replaced.message, update.message);
      return 'dropped';
    }
    this.#hold(update);
    if (latest.size <= this.#capacity) return 'kept';
    const gap = this.#shiftLatest(latest)?.gap;
    for (const [first, next] of latest) {
      if (gap) latest.set(first, withGap(next, gap));
      break;
    }
    return 'dropped';
  }

  #shiftLatest(latest: Map<string, Update>): Update | undefined {
    for (const [key, update] of latest) {
      latest.delete(key);
      this.#release(update);
      return update;
    }
    return undefined;
  }
}
