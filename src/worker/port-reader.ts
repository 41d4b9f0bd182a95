import type { ChannelOptions } from '../channel/channel.js';
import type { Loop, LoopOwner } from '../channel/channel-iterator.js';
import { type Conflating, type Conflation, FRAME } from '../channel/conflation.js';
import type { Update } from '../channel/update.js';
import type { PushOutcome, UpdateBuffer } from '../channel/update-buffer.js';
import type { Counted, Outgoing, OutgoingReader } from './outgoing.js';
import { packError } from './packed-errors.js';
import { packMessage } from './packed-message.js';
import type { Entry, ReaderKind, UpdateEntry, UpdateExtras } from './wire.js';

/**
 * How updates leave. `stream`: as they come, in order with all else. `frame`: the newest, once per frame of the page.
 * `demand`: as many as a loop wants.
 */
type Pace = 'stream' | 'frame' | 'demand';

/** What a reader needs to know of how its channel was subscribed. */
export type ReaderOptions = Pick<ChannelOptions, 'overflow' | 'conflateInterval'> & {
  readonly updates?: 'data' | 'full' | undefined;
};

/** The channel of a reader, as far as the reader needs it. */
export interface ReaderOwner extends Counted {
  readonly id: number;
  readonly options: ReaderOptions;
  readonly conflation: Conflation;
  readonly outgoing: Outgoing;
  /** The reader has had its last update. */
  readerOver(reader: PortReader): void;
}

/** A reader of the page, at the worker's end: it holds updates, as a loop of the worker would, until they may cross. */
export class PortReader implements Loop, OutgoingReader, Conflating {
  readonly id: number;
  places = 0;
  wanted = 0;
  readonly owner: ReaderOwner;
  readonly #buffer: UpdateBuffer;
  readonly #channel: LoopOwner;
  readonly #pace: Pace;
  #end: { readonly error: unknown } | undefined;
  #hasLeft = false;

  constructor(id: number, kind: ReaderKind, owner: ReaderOwner, buffer: UpdateBuffer, channel: LoopOwner) {
    this.id = id;
    this.owner = owner;
    this.#buffer = buffer;
    this.#channel = channel;
    const isConflating = kind === 'listeners' && owner.options.overflow === 'latest';
    this.#pace = kind === 'loop' ? 'demand' : isConflating ? 'frame' : 'stream';
    // What was kept for the first reader.
    if (this.#pace === 'stream') this.#queueAll();
    else if (buffer.size > 0) this.#changed();
  }

  get buffered(): number {
    return this.#hasLeft ? 0 : this.#buffer.size;
  }

  get isLoop(): boolean {
    return this.#pace === 'demand';
  }

  /** Whether nothing more crosses. */
  get isOver(): boolean {
    return this.#hasLeft;
  }

  push(update: Update): PushOutcome {
    if (this.#buffer.isFull && (this.#pace === 'stream' || this.wanted > 0)) this.owner.outgoing.makeRoom();
    const outcome = this.#buffer.push(update);
    if (outcome === 'full') return outcome;
    if (this.#pace !== 'stream') this.#changed();
    else if (outcome === 'kept' || this.owner.options.overflow !== 'drop-newest') this.owner.outgoing.addPlace(this);
    return outcome;
  }

  /** The channel has ended. What waits still crosses. */
  end(error: unknown): void {
    if (this.#end) return;
    this.#end = { error };
    this.#buffer.forget();
    this.release();
    if (this.#pace === 'demand') this.#changed();
  }

  /** The channel ends now: what waits for a frame crosses in order with its last events. */
  release(): void {
    if (this.#pace !== 'frame' || this.#hasLeft) return;
    this.owner.conflation.leave(this.#interval, this);
    this.owner.outgoing.forget(this);
    this.#queueAll();
  }

  clear(): void {
    this.#buffer.clear();
  }

  /** The reader on the page has gone. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#channel.removeLoop(this);
    this.#hasLeft = true;
    this.#buffer.clear();
    this.owner.conflation.leave(this.#interval, this);
    this.owner.outgoing.forget(this);
  }

  want(count: number): void {
    this.wanted += count;
    this.#changed();
  }

  /** The interval of a `latest` channel has passed. */
  flush(): void {
    this.owner.outgoing.addChanged(this);
  }

  isDue(isPainting: boolean): boolean {
    return isPainting || this.owner.options.conflateInterval !== 'frame';
  }

  take(): UpdateEntry | undefined {
    const update = this.#buffer.shift();
    if (!update) return undefined;
    if (this.wanted > 0) this.wanted--;
    try {
      return this.#pack(update);
    } catch (cause) {
      this.#channel.unreadable(cause);
      return undefined;
    }
  }

  takeEnd(): readonly Entry[] {
    if (!this.#end || this.#pace !== 'demand' || this.#hasLeft || this.#buffer.size > 0) return [];
    const { error } = this.#end;
    this.#hasLeft = true;
    this.owner.readerOver(this);
    return [error === undefined ? ['over', this.id] : ['over', this.id, packError(error)]];
  }

  get #interval(): number | 'frame' {
    return this.owner.options.conflateInterval ?? FRAME;
  }

  /** There is something for the next frame, or for a loop that waits. */
  #changed(): void {
    if (this.#hasLeft) return;
    const { conflation, outgoing } = this.owner;
    const interval = this.#interval;
    if (this.#pace === 'demand') {
      if ((this.wanted > 0 && this.#buffer.size > 0) || (this.#end && this.#buffer.size === 0))
        outgoing.addHungry(this);
    } else if (typeof interval === 'number' && interval > FRAME) conflation.join(interval, this);
    else outgoing.addChanged(this);
  }

  #queueAll(): void {
    for (let count = this.#buffer.size; count > 0; count--) this.owner.outgoing.addPlace(this);
  }

  #pack(update: Update): UpdateEntry {
    const { data, epoch, receivedAt, sequence, snapshot, joined, gap } = update;
    const { updates } = this.owner.options;
    const isPlain = sequence === undefined && snapshot === undefined && !joined && !gap && updates !== 'full';
    if (isPlain) return [this.id, data, epoch, receivedAt];
    const extras: UpdateExtras = {};
    if (sequence !== undefined) extras.sequence = sequence;
    if (snapshot !== undefined) extras.snapshot = snapshot;
    if (joined) extras.joined = true;
    if (gap) extras.gap = gap;
    if (updates === 'full') extras.message = packMessage(update.message);
    return [this.id, data, epoch, receivedAt, extras];
  }
}
