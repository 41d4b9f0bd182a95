import type { Update } from '../channel/update.js';
import type { Gate } from '../context.js';
import type { AnyTransportError } from '../errors.js';
import type { CloseCause } from '../events.js';
import { Message } from '../protocol/message.js';
import { unpackMessage } from './packed-message.js';
import type { ChannelFacts, ToWorker, UpdateEntry } from './wire.js';
import {
  type PageReader,
  WorkerChannel,
  type WorkerChannelOptions,
  type WorkerChannelOwner,
} from './worker-channel.js';

/** What the channels need of the page's end. */
export interface PageChannelsOwner {
  readonly gate: Pick<Gate, 'hold'>;
  send(body: ToWorker): void;
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  report(error: AnyTransportError): void;
}

/** The message of an update whose frame stayed in the worker. */
const NO_MESSAGE = /* @__PURE__ */ new Message('');

/** The channels of a page and their readers, by the numbers under which news of them comes. */
export class PageChannels implements WorkerChannelOwner {
  readonly #owner: PageChannelsOwner;
  readonly #channels = new Map<number, WorkerChannel<unknown>>();
  readonly #readers = new Map<number, PageReader>();
  #lastReader = 0;

  constructor(owner: PageChannelsOwner) {
    this.#owner = owner;
  }

  /** How many channels are open. */
  get size(): number {
    return this.#channels.size;
  }

  get gate(): Pick<Gate, 'hold'> {
    return this.#owner.gate;
  }

  open<T>(facts: ChannelFacts, options: WorkerChannelOptions): WorkerChannel<T> {
    const channel = new WorkerChannel<T>(facts, this, options);
    this.#channels.set(facts[0], channel as WorkerChannel<unknown>);
    return channel;
  }

  // ——— What the worker tells ———

  deliver([id, data, epoch, receivedAt, extras]: UpdateEntry): void {
    const reader = id < 0 ? this.#channels.get(-id) : this.#readers.get(id);
    if (!reader) return;
    const update = { data, message: NO_MESSAGE, epoch, receivedAt } as Update;
    if (extras) {
      const { message, ...rest } = extras;
      Object.assign(update, rest, message && { message: unpackMessage(message) });
    }
    if (id < 0) (reader as WorkerChannel<unknown>).deliverRest(update);
    else reader.deliver(update);
  }

  /** An update could not cross. */
  lose(id: number): void {
    if (id < 0) this.#channels.get(-id)?.lose();
    else this.#readers.get(id)?.lose();
  }

  happened(id: number, event: string, args: readonly unknown[]): void {
    this.#channels.get(id)?.happened(event, args);
  }

  count(id: number, dropped: number, buffered: number): void {
    this.#channels.get(id)?.count(dropped, buffered);
  }

  /** The reader gets nothing more. */
  over(id: number, error: unknown): void {
    const reader = this.#readers.get(id);
    this.#readers.delete(id);
    reader?.over(error);
  }

  /** The client has ended, perhaps with its worker: nothing follows. */
  end(cause: CloseCause): void {
    for (const channel of [...this.#channels.values()]) {
      if (cause.error) channel.happened('error', [cause.error]);
      channel.close(cause);
    }
    for (const id of [...this.#readers.keys()]) this.over(id, cause.error);
  }

  // ——— What the channels need ———

  send(body: ToWorker): void {
    this.#owner.send(body);
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#owner.call(method, args);
  }

  report(error: AnyTransportError): void {
    this.#owner.report(error);
  }

  addReader(reader: PageReader): number {
    const id = ++this.#lastReader;
    this.#readers.set(id, reader);
    return id;
  }

  removeReader(id: number): void {
    this.#readers.delete(id);
  }

  channelClosed(id: number): void {
    this.#channels.delete(id);
  }
}
