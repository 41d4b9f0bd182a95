import { CapacityExceededError } from '../errors.js';
import { resolved } from '../util/promises.js';
import { Queue } from '../util/queue.js';
import { packError } from './packed-errors.js';
import * as texts from './texts.js';
import type { Entry, NewsNeeds, ToPage } from './wire.js';

/** Entries in one message. A page that falls behind gets fewer, larger messages, and none is larger than this. */
const MESSAGE_SIZE = 1_024;
/**
 * Entries that may be before the page, not taken, when a channel is full. One read of a socket brings a thousand updates at
 * once: they must not be lost before the page could look.
 */
const UNTAKEN = 4_096;
/** Events that may wait for the page: of more, the older half is dropped, and an `error` tells of it. */
const EVENTS_WAITING = 4_096;
/** Places of dropped updates that may be in the queue beside as many others. */
const SLACK = 1_024;

/** An entry that is not complete before it leaves. */
export interface OutgoingNews {
  takeNews(): Entry;
}

/** A channel, whose counts cross as they are when a message leaves. */
export interface Counted {
  /** What the channel has dropped and holds, if that is news. */
  counts(): readonly Entry[];
}

type Waiting = Entry | OutgoingNews | OutgoingReader;

/** A reader of the page, at the worker's end. */
export interface OutgoingReader {
  /** How many updates wait for the reader. */
  readonly buffered: number;
  /** How often the reader stands in the queue. `Outgoing` writes it. */
  places: number;
  /** Takes the next update out, as what crosses; nothing if it could not be read. */
  take(): Entry | undefined;
  /** Whether the reader may have something in this frame. */
  isDue(isPainting: boolean): boolean;
  /** A loop: how many updates it wants. */
  readonly wanted: number;
  readonly owner: Counted;
  /** Takes out that the reader is over, if its last update was taken. */
  takeEnd(): readonly Entry[];
}

/** Where messages go. */
export interface OutgoingOwner {
  post(message: ToPage): void;
}

/**
 * All that waits to cross to the page, in three kinds. The stream: what listeners, callers and events get, in the order in
 * which it happened, where a reader in the queue stands for its oldest update. The changed: readers of `latest` channels,
 * told once per frame of the page, all in one message. The hungry: loops that want more. After a message with the stream or
 * for a loop, the next one waits until the page has taken it, unless a channel is full. Nothing piles up before a busy page.
 */
export class Outgoing {
  readonly #owner: OutgoingOwner;
  #stream = new Queue<Waiting>();
  /** Events in the stream, and places of updates that were dropped. */
  #events = 0;
  #voids = 0;
  readonly #changed = new Set<OutgoingReader>();
  readonly #hungry = new Set<OutgoingReader>();
  /** Channels whose counts are due. */
  readonly #counted = new Set<Counted>();
  /** Entries that the page has not taken. */
  #untaken = 0;
  #frame: 'none' | 'hidden' | 'painting' = 'painting';
  #isScheduled = false;

  constructor(owner: OutgoingOwner) {
    this.#owner = owner;
  }

  /** Something happened. */
  add(entry: Entry | OutgoingNews): void {
    this.#stream.push(entry);
    this.schedule();
  }

  /** Something happened that a page which takes nothing may miss. */
  addEvent(entry: Entry): void {
    if (++this.#events > EVENTS_WAITING) this.#dropEvents();
    this.add(entry);
  }

  /** A reader has one more update, in the order of the stream. */
  addPlace(reader: OutgoingReader): void {
    reader.places++;
    this.#stream.push(reader);
    if (reader.places > reader.buffered && ++this.#voids > SLACK && this.#voids * 2 > this.#stream.size)
      this.#compact();
    this.schedule();
  }

  /** The reader of a `latest` channel has something new. */
  addChanged(reader: OutgoingReader): void {
    this.#changed.add(reader);
    this.schedule();
  }

  /** A loop wants updates, and has some. */
  addHungry(reader: OutgoingReader): void {
    this.#hungry.add(reader);
    this.schedule();
  }

  /** The counts of a channel have changed. */
  addCounted(channel: Counted): void {
    this.#counted.add(channel);
    this.schedule();
  }

  /** The reader has gone. */
  forget(reader: OutgoingReader): void {
    this.#changed.delete(reader);
    this.#hungry.delete(reader);
  }

  /** A channel is full, and another update comes. */
  makeRoom(): void {
    if (this.#untaken < UNTAKEN) this.#flush(true);
  }

  /** The page has taken so many entries. */
  taken(count: number): void {
    this.#untaken = Math.max(0, this.#untaken - count);
    this.schedule();
  }

  nextFrame(isPainting: boolean): void {
    this.#frame = isPainting ? 'painting' : 'hidden';
    this.schedule();
  }

  /** What happens in one turn leaves in one message. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    void resolved.then(() => {
      this.#isScheduled = false;
      this.#flush(false);
    });
  }

  #flush(isUrgent: boolean): void {
    const entries: Entry[] = [];
    const served = new Set<OutgoingReader>();
    if (isUrgent || this.#untaken === 0) {
      this.#takeStream(entries, served);
      this.#takeHungry(entries, served);
    }
    const inOrder = entries.length;
    const isFrame = this.#frame !== 'none' && this.#takeChanged(entries, served);
    for (const reader of served) entries.push(...reader.takeEnd());
    this.#addCounts(entries, served);
    if (entries.length === 0) return;
    // Only these bring a `taken` back, for the whole message.
    if (inOrder > 0) this.#untaken += entries.length;
    this.#owner.post(['news', entries, needsOf(inOrder > 0, isFrame)]);
  }

  /**
   * The counts are those after this message. They stand before its updates, so that a listener reads them with the gap of
   * its update; those of other channels stand at the end, after the news that a channel is open.
   */
  #addCounts(entries: Entry[], served: ReadonlySet<OutgoingReader>): void {
    const before: Entry[] = [];
    for (const { owner } of served) {
      this.#counted.delete(owner);
      before.push(...owner.counts());
    }
    entries.unshift(...before);
    if (this.#stream.size > 0) return;
    for (const channel of this.#counted) entries.push(...channel.counts());
    this.#counted.clear();
  }

  #takeStream(entries: Entry[], served: Set<OutgoingReader>): void {
    while (entries.length < MESSAGE_SIZE) {
      const next = this.#stream.shift();
      if (!next) return;
      if (!isReader(next)) {
        if (isEvent(next)) this.#events--;
        entries.push('takeNews' in next ? next.takeNews() : next);
        continue;
      }
      // Of a reader with more places than updates, the first places are those of dropped updates.
      if (next.places-- > next.buffered) {
        this.#voids = Math.max(0, this.#voids - 1);
        continue;
      }
      served.add(next);
      const entry = next.take();
      if (entry) entries.push(entry);
    }
  }

  #takeHungry(entries: Entry[], served: Set<OutgoingReader>): void {
    for (const reader of this.#hungry) {
      if (entries.length >= MESSAGE_SIZE) return;
      this.#hungry.delete(reader);
      served.add(reader);
      while (reader.wanted > 0 && reader.buffered > 0) {
        const entry = reader.take();
        if (entry) entries.push(entry);
      }
    }
  }

  #takeChanged(entries: Entry[], served: Set<OutgoingReader>): boolean {
    const before = entries.length;
    for (const reader of this.#changed) {
      if (!reader.isDue(this.#frame === 'painting')) continue;
      this.#changed.delete(reader);
      served.add(reader);
      for (let count = reader.buffered; count > 0; count--) {
        const entry = reader.take();
        if (entry) entries.push(entry);
      }
    }
    if (entries.length === before) return false;
    this.#frame = 'none';
    return true;
  }

  /** Takes the places of dropped updates out. */
  #compact(): void {
    const kept = new Queue<Waiting>();
    for (const next of this.#stream.waiting) {
      if (!isReader(next) || next.places <= next.buffered) kept.push(next);
      else next.places--;
    }
    this.#stream = kept;
    this.#voids = 0;
  }

  #dropEvents(): void {
    const kept = new Queue<Waiting>();
    let surplus = EVENTS_WAITING / 2;
    for (const next of this.#stream.waiting) {
      if (isReader(next) || !isEvent(next) || surplus === 0) kept.push(next);
      else surplus--;
    }
    this.#stream = kept;
    this.#events -= EVENTS_WAITING / 2;
    const error = new CapacityExceededError('events waiting', EVENTS_WAITING, texts.EVENTS_LOST);
    this.#events++;
    this.add(['failed', packError(error)]);
  }
}

function needsOf(mustBeTaken: boolean, isFrame: boolean): NewsNeeds {
  if (isFrame) return mustBeTaken ? 'taken and frame' : 'frame';
  return mustBeTaken ? 'taken' : 'nothing';
}

function isReader(next: Waiting): next is OutgoingReader {
  return 'places' in next;
}

/** Entries that may be dropped before a page that takes nothing. */
const EVENTS: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['event', 'message', 'trace', 'failed']);

function isEvent(next: Entry | OutgoingNews): boolean {
  return !('takeNews' in next) && EVENTS.has(next[0]);
}
