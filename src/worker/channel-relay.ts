import type { Channel } from '../channel/channel.js';
import type { Conflation } from '../channel/conflation.js';
import { channelBody } from '../channel/open-channel.js';
import { type Gap, mergeGaps } from '../channel/update.js';
import { ProtocolError } from '../errors.js';
import type { Outgoing, OutgoingNews } from './outgoing.js';
import { packEvent } from './packed-errors.js';
import { PortReader, type ReaderOptions, type ReaderOwner } from './port-reader.js';
import * as texts from './texts.js';
import type { ChannelFacts, Entry, ReaderKind } from './wire.js';

/** Events of one channel that may wait for the page. Of more, gaps are merged and the others left out. */
const EVENTS_WAITING = 16;
const EVENTS = ['gap', 'resumed', 'interrupted', 'stale', 'error', 'close'] as const;
type RelayedEvent = (typeof EVENTS)[number];

/** An event of a channel that waits for the page. */
class ChannelNews implements OutgoingNews {
  readonly event: string;
  readonly args: unknown[];
  readonly #relay: ChannelRelay;

  constructor(relay: ChannelRelay, event: string, args: readonly unknown[]) {
    this.#relay = relay;
    this.event = event;
    this.args = [...args];
  }

  takeNews(): Entry {
    this.#relay.waiting.delete(this);
    return ['channel', this.#relay.id, this.event, this.args.map(packEvent)];
  }
}

/** A channel in the worker, with the readers that its twin on the page has. */
export class ChannelRelay implements ReaderOwner {
  readonly id: number;
  readonly channel: Channel;
  readonly options: ReaderOptions;
  readonly conflation: Conflation;
  readonly outgoing: Outgoing;
  readonly #readers = new Map<number, PortReader>();
  readonly #onDone: () => void;
  /** The events that wait for the page. */
  readonly waiting = new Set<ChannelNews>();
  #told = { dropped: 0, buffered: 0 };

  constructor(
    id: number,
    channel: Channel,
    options: ReaderOptions,
    conflation: Conflation,
    outgoing: Outgoing,
    onDone: () => void,
  ) {
    this.id = id;
    this.channel = channel;
    this.options = options;
    this.conflation = conflation;
    this.outgoing = outgoing;
    this.#onDone = onDone;
    for (const [event, listener] of LISTENERS) channel.on(event, listener, this);
  }

  get facts(): ChannelFacts {
    const { topic, overflow, live } = this.channel;
    return [this.id, topic, overflow, live];
  }

  /** @throws ProtocolError for a client of another copy of this package */
  static check(channel: Channel): void {
    if (!channelBody(channel)) throw new ProtocolError(texts.otherCopy, { delivery: 'unsent' });
  }

  addReader(id: number, kind: ReaderKind): void {
    if (this.#readers.has(id)) return;
    const reader = channelBody(this.channel)?.join((buffer, owner) => new PortReader(id, kind, this, buffer, owner));
    if (reader && !reader.isOver) this.#readers.set(id, reader);
  }

  want(reader: number, count: number): void {
    this.#readers.get(reader)?.want(count);
  }

  removeReader(id: number): void {
    const reader = this.#readers.get(id);
    if (!reader) return;
    this.#readers.delete(id);
    reader.leave();
    this.outgoing.add(['over', id]);
    this.#checkDone();
  }

  readerOver(reader: PortReader): void {
    this.#readers.delete(reader.id);
    this.#checkDone();
  }

  /** Whether the counts have changed since they crossed. */
  get hasCounts(): boolean {
    const { dropped, buffered } = this.channel;
    return dropped !== this.#told.dropped || buffered !== this.#told.buffered;
  }

  counts(): readonly Entry[] {
    if (!this.hasCounts) return [];
    const { dropped, buffered } = this.channel;
    this.#told = { dropped, buffered };
    return [['counts', this.id, dropped, buffered]];
  }

  /** An event of the channel. */
  tell(event: RelayedEvent, args: readonly unknown[]): void {
    const isEnd = event === 'close' || event === 'error';
    if (isEnd) for (const reader of this.#readers.values()) reader.release();
    else if (this.waiting.size >= EVENTS_WAITING) return this.#merge(event, args);
    if (event === 'close') this.#handRest();
    const news = new ChannelNews(this, event, args);
    this.waiting.add(news);
    this.outgoing.add(news);
    if (event === 'close') this.#checkDone();
  }

  /** What was kept for the first reader goes to the page, which keeps it now. */
  #handRest(): void {
    if (this.#readers.size === 0 && this.channel.buffered > 0) {
      channelBody(this.channel)?.join((buffer, owner) => new PortReader(-this.id, 'rest', this, buffer, owner));
    }
    for (const entry of this.counts()) this.outgoing.add(entry);
  }

  /** Nothing more comes once the channel and all of its loops are over. */
  #checkDone(): void {
    const isReading = [...this.#readers.values()].some((reader) => reader.isLoop && !reader.isOver);
    if (this.channel.closed && !isReading) this.#onDone();
  }

  /** A page that takes nothing still learns of every gap. */
  #merge(event: string, [gap]: readonly unknown[]): void {
    if (event !== 'gap') return;
    const last = [...this.waiting].findLast((news) => news.event === 'gap');
    if (last) last.args[0] = mergeGaps(last.args[0] as Gap, gap as Gap);
  }
}

/** One function per event for all relays: a page may have ten thousand channels. */
const LISTENERS = EVENTS.map((event) => {
  function listener(this: ChannelRelay, ...args: readonly unknown[]): void {
    this.tell(event, args);
  }
  return [event, listener] as const;
});
