import type { Channel, ChannelOptions } from 'hpx-transport-ws';
import type { BookAdapter, BookSequence, OrderBook, VenueLevel } from 'hpx-transport-ws/order-book';
import { ChannelInlet } from '../../src/channel/channel-inlet.js';
import { Conflation } from '../../src/channel/conflation.js';
import { HeldBytes } from '../../src/channel/held-bytes.js';
import { type Gap, LazyUpdate } from '../../src/channel/update.js';
import { Message } from '../../src/protocol/message.js';
import { testContext } from './test-context.js';

/** An update of a venue that exists in tests only. */
export interface TestUpdate {
  readonly type?: 'snapshot' | 'delta' | 'reset' | 'note';
  readonly b?: readonly VenueLevel[];
  readonly a?: readonly VenueLevel[];
  readonly u?: BookSequence;
  readonly previous?: BookSequence;
  readonly first?: BookSequence;
  readonly checksum?: number | string;
}

/** Reads a `TestUpdate`; throws for anything else. */
export const testAdapter: BookAdapter<TestUpdate> = {
  read: ({ data: { type = 'delta', b = [], a = [], u, previous, first, checksum } }) => {
    if (type === 'reset') return 'reset';
    if (type === 'note') return undefined;
    return { snapshot: type === 'snapshot', bids: b, asks: a, sequence: u, previous, first, checksum };
  },
};

export const SNAPSHOT: TestUpdate = { type: 'snapshot', b: [['100', '1']], a: [['101', '2']], u: 1 };

/** A channel without a client: a test says what its subscription tells. */
export class BookChannel<T = TestUpdate> {
  readonly inlet: ChannelInlet<T>;
  /** The calls of `resync()`. */
  resyncs = 0;
  hasLeft = false;
  /** What `resync()` rejects with. */
  refusal: Error | undefined;
  /** What the client emitted because nobody else took it. */
  readonly context = testContext();
  #now = 0;

  constructor(topic = 'book', options: ChannelOptions = {}) {
    const { context } = this;
    const sharing = { conflation: new Conflation(context.clock, context.clock), heldBytes: new HeldBytes(Infinity) };
    this.inlet = new ChannelInlet<T>(topic, context, sharing, options);
    this.inlet.attach({
      leave: async () => {
        this.hasLeft = true;
      },
      resync: async () => {
        this.resyncs++;
        if (this.refusal) throw this.refusal;
      },
    });
  }

  get channel(): Channel<T> {
    return this.inlet.channel;
  }

  /** Delivers updates, each as a frame of its own. */
  deliver(...updates: readonly T[]): void {
    for (const data of updates) this.deliverAt(this.#now, data);
  }

  deliverAt(now: number, data: T, gap?: Gap['cause'], message = new Message(JSON.stringify(data, big))): void {
    this.#now = now;
    const update = new LazyUpdate(message, 1, now, { extractData: () => data });
    this.inlet.deliver(gap ? update.after({ epoch: 1, since: 0, until: now, cause: gap }) : update);
  }

  gap(cause: Gap['cause']): void {
    this.inlet.gap({ epoch: 1, since: 0, until: 0, cause });
  }

  /** The updates that came before the first listener have been handed over. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await undefined;
  }
}

function big(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** The events of a book in order: `stale` with its reason, `error` with its message. */
export function eventsOf(book: OrderBook<never>): string[] {
  const events: string[] = [];
  book.on('change', ({ snapshot }) => void events.push(snapshot ? 'snapshot' : 'change'));
  book.on('stale', (reason) => void events.push(`stale ${reason}`));
  book.on('synced', () => void events.push('synced'));
  book.on('error', ({ message }) => void events.push(`error ${message}`));
  book.on('close', () => void events.push('close'));
  return events;
}
