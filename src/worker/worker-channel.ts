import { Channel } from '../channel/channel.js';
import type { ChannelLoop } from '../channel/channel-loop.js';
import { type Gap, mergeGaps, type Update } from '../channel/update.js';
import type { OverflowPolicy } from '../channel/update-buffer.js';
import type { Gate } from '../context.js';
import { type AnyTransportError, ProtocolError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Topic } from '../identifiers.js';
import { notHeld } from '../subscriptions/subscription-errors.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { handled } from '../util/promises.js';
import * as texts from './texts.js';
import type { ChannelFacts, ToWorker } from './wire.js';
import { type PageLoop, WorkerLoop, type WorkerLoopOwner } from './worker-loop.js';

/** What reads updates of a channel on this page. */
export interface PageReader {
  deliver(update: Update): void;
  over(error: unknown): void;
  /** An update could not cross. */
  lose(): void;
}

/** What a channel needs of its client. */
export interface WorkerChannelOwner {
  readonly gate: Pick<Gate, 'hold'>;
  send(body: ToWorker): void;
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Gives a reader a number, under which its updates come. */
  addReader(reader: PageReader): number;
  removeReader(id: number): void;
  /** An error that the channel has no listener for. */
  report(error: AnyTransportError): void;
  /** The channel has ended. */
  channelClosed(id: number): void;
}

/** The options of a subscription that the page itself needs. */
export interface WorkerChannelOptions {
  readonly capacity?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Updates that a loop reads ahead, unless its `capacity` is smaller. */
const AHEAD = 1_024;

/** The channel that a page gets: the twin of a channel in the worker, which holds what no reader has taken. */
export class WorkerChannel<T> extends Channel<T> implements PageReader, WorkerLoopOwner, Abortable {
  readonly topic: Topic;
  readonly overflow: OverflowPolicy;
  readonly ahead: number;
  readonly gate: Pick<Gate, 'hold'>;
  readonly #id: number;
  readonly #owner: WorkerChannelOwner;
  readonly #signal: AbortSignal | undefined;
  readonly #loops = new Map<PageLoop, number>();
  /** The number of the listeners as a reader; missing while there are none. */
  #listening: number | undefined;
  #live: boolean;
  #closed: CloseCause | undefined;
  #leaving: Promise<void> | undefined;
  /** What the worker told. */
  #dropped = 0;
  #buffered = 0;
  /** Updates that crossed and that no reader has had. */
  #lost = 0;
  /** The gap of an update that no listener heard. */
  #owed: Gap | undefined;
  /** What nobody has read of a closed channel. */
  #rest: Update[] = [];

  constructor(
    [id, topic, overflow, isLive]: ChannelFacts,
    owner: WorkerChannelOwner,
    { capacity = AHEAD, signal }: WorkerChannelOptions,
  ) {
    super({
      listenerAdded: (event) => this.#listenerAdded(event),
      listenerFailed: (error) => this.#tellError(error),
    });
    this.#id = id;
    this.topic = topic;
    this.overflow = overflow;
    this.#live = isLive;
    this.#owner = owner;
    this.gate = owner.gate;
    this.ahead = overflow === 'latest' ? 0 : Math.min(capacity, AHEAD);
    this.#signal = signal;
    if (signal) listenToAbort(signal, this);
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  get live(): boolean {
    return this.#live;
  }

  get dropped(): number {
    return this.#dropped + this.#lost;
  }

  get buffered(): number {
    // Of a closed channel the worker tells nothing more.
    let count = this.#closed ? this.#rest.length : this.#buffered;
    for (const loop of this.#loops.keys()) count += loop.buffered;
    return count;
  }

  [Symbol.asyncIterator](): ChannelLoop<T> {
    return this.#iterate((update) => update.data as T);
  }

  updates(): ChannelLoop<Update<T>> {
    return this.#iterate((update) => update as Update<T>);
  }

  unsubscribe(): Promise<void> {
    this.#discard('unsubscribed');
    return this.#leave();
  }

  resync(): Promise<void> {
    if (this.#closed) return handled(Promise.reject(notHeld(this.topic)));
    return this.#owner.call('channel.resync', [this.#id]) as Promise<void>;
  }

  /** EventListener of the signal that the channel was subscribed with. */
  handleEvent(): void {
    this.#discard('aborted');
    void this.#leave();
  }

  // ——— What the client does with it ———

  /** An update for the listeners. */
  deliver(update: Update): void {
    if (this.#closed) return;
    if (this.#face.listenerCount('message') === 0) return this.#unheard(update);
    const passed = this.#owed ? { ...update, gap: mergeGaps(this.#owed, update.gap) } : update;
    this.#owed = undefined;
    this.#face.emit('message', passed.data, passed);
  }

  over(): void {}

  /** An update of a closed channel that no reader in the worker has had. */
  deliverRest(update: Update): void {
    const [first] = this.#loops.keys();
    if (this.#face.listenerCount('message') > 0) this.deliver(update);
    else if (first) first.deliver(update);
    else this.#rest.push(update);
  }

  lose(): void {
    this.#lost++;
    this.#tellError(new ProtocolError(texts.unclonableUpdate(this.topic)));
  }

  count(dropped: number, buffered: number): void {
    // The counts before the last event of a channel may be older than those that came with its last updates.
    this.#dropped = Math.max(this.#dropped, dropped);
    this.#buffered = buffered;
  }

  happened(event: string, args: readonly unknown[]): void {
    const [first] = args;
    if (this.#closed) return;
    if (event === 'close') return this.close(first as CloseCause);
    if (event === 'error') return this.#tellError(first as AnyTransportError);
    if (event === 'interrupted') this.#live = false;
    else if (event === 'resumed') this.#live = true;
    (this.#face.emit as (event: string, ...args: readonly unknown[]) => boolean).call(this, event, ...args);
  }

  /** Ends the channel. Its loops read what waits for them, and then get the error. */
  close(cause: CloseCause): void {
    if (this.#closed) return;
    this.#closed = cause;
    this.#live = false;
    if (this.#signal) forgetAbort(this.#signal, this);
    if (this.#listening !== undefined) this.#owner.removeReader(this.#listening);
    for (const event of ['message', 'gap', 'resumed', 'interrupted', 'stale'] as const)
      this.#face.removeAllListeners(event);
    this.#owner.channelClosed(this.#id);
    this.#face.emit('close', cause);
  }

  // ——— What the loops need ———

  want(loop: PageLoop, count: number): void {
    const id = this.#loops.get(loop);
    if (id !== undefined) this.#owner.send(['want', this.#id, id, count]);
  }

  loopLeft(loop: PageLoop, unread: number): void {
    this.#lost += unread;
    const id = this.#loops.get(loop);
    if (id === undefined) return;
    this.#loops.delete(loop);
    this.#owner.send(['leave', this.#id, id]);
  }

  /** The channel without its type parameter, so that the arguments of its events can be checked. */
  get #face(): Channel {
    return this as unknown as Channel;
  }

  #iterate<V>(read: (update: Update) => V): ChannelLoop<V> {
    const loop = new WorkerLoop<V>(read, this);
    if (!this.#closed) {
      const id = this.#owner.addReader({
        deliver: (update) => {
          if (this.#loops.has(loop)) loop.deliver(update);
          else this.#lost++;
        },
        lose: () => this.lose(),
        over: (error) => {
          this.#loops.delete(loop);
          loop.over(error ?? this.#closed?.error);
        },
      });
      this.#loops.set(loop, id);
      this.#owner.send(['read', this.#id, id, 'loop']);
      return loop;
    }
    for (const update of this.#rest.splice(0)) loop.deliver(update);
    loop.over(this.#closed.error);
    return loop;
  }

  #listenerAdded(event: PropertyKey): void {
    if (event !== 'message' || this.#listening !== undefined || this.#closed) return;
    this.#listening = this.#owner.addReader(this);
    this.#owner.send(['read', this.#id, this.#listening, 'listeners']);
  }

  /** The listeners have gone: the worker need send no more. If the update carries a gap, the next one carries it instead. */
  #unheard(update: Update): void {
    this.#lost++;
    if (update.gap) this.#owed = mergeGaps(update.gap, this.#owed);
    if (this.#listening === undefined) return;
    this.#owner.send(['leave', this.#id, this.#listening]);
    this.#listening = undefined;
  }

  #tellError(error: AnyTransportError): void {
    if (!this.#face.emit('error', error)) this.#owner.report(error);
  }

  /** Ends at once: nothing that is under way is heard any more. */
  #discard(reason: string): void {
    if (this.#closed) return;
    for (const [loop, id] of this.#loops) {
      this.#lost += loop.buffered;
      this.#owner.removeReader(id);
      loop.discard();
    }
    this.#loops.clear();
    this.close({ code: 1000, reason });
  }

  #leave(): Promise<void> {
    this.#leaving ??= this.#owner.call('channel.unsubscribe', [this.#id]).then(
      () => {},
      () => {},
    );
    return this.#leaving;
  }
}
