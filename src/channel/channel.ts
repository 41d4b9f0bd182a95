import { CapacityExceededError, type ProtocolError, type TransportError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Topic } from '../identifiers.js';
import { IsolatedEmitter } from '../util/isolated-emitter.js';
import { checkAll, count, duration, type OptionRules, oneOf, or } from '../util/options.js';
import { wrapError } from '../util/wrap-error.js';
import { ChannelIterator } from './channel-iterator.js';
import { type ConflateInterval, type Conflation, FRAME } from './conflation.js';
import type { Gap, Update } from './update.js';
import { type OverflowPolicy, type PushOutcome, UpdateBuffer } from './update-buffer.js';

/** The events of a channel, each with its arguments. */
export interface ChannelEvents<T> {
  message: [data: T, update: Update<T>];
  gap: [gap: Gap];
  resumed: [epoch: number];
  error: [error: TransportError];
  close: [cause: CloseCause];
}

/** How a channel keeps what its reader has not taken. */
export interface ChannelOptions {
  /** Updates that are kept. Default: the config's `subscriptionChannelCapacity`. */
  readonly capacity?: number;
  /** What happens to one more. Default `drop-oldest`: a slow reader sees the newest state. */
  readonly overflow?: OverflowPolicy;
  /** For `latest`: what counts as the same thing, for example the symbol in an update. Default: all is the same. */
  readonly key?: (update: Update) => string;
  /**
   * For `latest`: milliseconds between two deliveries to listeners. Default 16: once per frame of a 60 Hz screen. `frame`:
   * right before the page is painted (requestAnimationFrame), and not at all while it is hidden; 16 where there is no screen.
   */
  readonly conflateInterval?: ConflateInterval;
}

/** What a channel needs of its client. */
export interface ChannelHost {
  readonly conflation: Conflation;
  readonly capacity: number;
  /** Updates were lost. */
  onDropped(): void;
  /** A promise of an iterator was settled. */
  onSettled(): void;
  /** An error that nobody listens to on the channel. */
  onError(error: TransportError): void;
}

/** What stands behind a channel: its place among those who want the topic. */
export interface ChannelSubscriber {
  /** Gives the place up, because of an error where there is one; resolves when the server was told, or need not be. */
  leave(error?: TransportError): Promise<void>;
}

const NO_LOOPS: readonly ChannelIterator<unknown>[] = [];

/** Whether a channel keeps updates for its first reader, is about to hand them over, or passes them on. */
type Phase = 'holding' | 'handing' | 'flowing' | 'closed';

/**
 * One application's view of one topic. Updates go to `message` listeners as they come, and to each `for await` loop at its
 * own pace. Until the first of either, they are kept, unparsed, up to `capacity`.
 *
 * @example
 * ```ts
 * const trades = await client.subscribe('trades.BTC');
 * trades.on('gap', ({ since, until }) => show('missed', since, until));
 * trades.on('message', (trade, { receivedAt }) => show(trade, receivedAt));
 *
 * for await (const trade of trades) {
 *   show(trade);
 *   break; // ends this loop, and not the channel
 * }
 * await trades.unsubscribe();
 * ```
 */
export class Channel<T = unknown> extends IsolatedEmitter<ChannelEvents<T>> {
  /** The canonical topic. */
  readonly topic: Topic;
  readonly #host: ChannelHost;
  readonly #options: ChannelOptions;
  /** Replaced, never changed: most channels have none. */
  #iterators: readonly ChannelIterator<unknown>[] = NO_LOOPS;
  #subscriber: ChannelSubscriber | undefined;
  #phase: Phase = 'holding';
  #held: UpdateBuffer | undefined;
  /** For `latest`: what the next delivery to listeners will be, and when. */
  #conflated: UpdateBuffer | undefined;
  #dropped = 0;
  #error: TransportError | undefined;

  /**
   * For the client alone: an application gets its channels from `subscribe()`.
   * @throws ConfigError for a wrong option
   */
  constructor(topic: Topic, host: ChannelHost, options: ChannelOptions) {
    super();
    checkAll(options, rules);
    this.topic = topic;
    this.#host = host;
    this.#options = options;
  }

  get closed(): boolean {
    return this.#phase === 'closed';
  }

  /** Updates that were lost, or replaced by newer ones, because nobody took them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Updates that wait for a reader. */
  get buffered(): number {
    let count = (this.#held?.size ?? 0) + (this.#conflated?.size ?? 0);
    for (const iterator of this.#iterators) count += iterator.buffered;
    return count;
  }

  /** The data of each update. Ends when the channel does; throws where an error ended it. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined, undefined> {
    return this.#iterate((update) => update.data as T);
  }

  /** The updates with all that is known of them: time, epoch, sequence, gap. */
  updates(): AsyncIterableIterator<Update<T>, undefined, undefined> {
    return this.#iterate((update) => update as Update<T>);
  }

  /**
   * Ends the channel: `close` is told at once, and from then on no listener is called. Resolves when the server was told,
   * or need not be; never rejects.
   */
  unsubscribe(): Promise<void> {
    this.discard({ code: 1000, reason: 'unsubscribed' });
    return this.#subscriber?.leave() ?? Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unsubscribe();
  }

  // ——— What the core calls ———

  /** @internal */
  attach(subscriber: ChannelSubscriber): void {
    this.#subscriber = subscriber;
  }

  /** @internal */
  get isDeaf(): boolean {
    return this.#phase === 'flowing' && !this.#held && this.#iterators.length === 0 && !this.listenerCount('message');
  }

  /** @internal */
  drop(): void {
    this.#dropped++;
    this.#host.onDropped();
  }

  /** @internal */
  deliver(update: Update): void {
    if (this.#phase === 'holding' || this.#phase === 'handing') {
      this.#held ??= this.#newBuffer();
      this.#keep(this.#held, update);
      this.#feedLoops(update);
    } else if (this.#phase === 'flowing') {
      this.#pass(this.#held ? this.#afterHeld(this.#held, update) : update);
    }
  }

  /** @internal */
  gap(gap: Gap): void {
    if (!this.closed) this.tell('gap', gap);
  }

  /** @internal */
  resumed(epoch: number): void {
    if (!this.closed) this.tell('resumed', epoch);
  }

  /** @internal */
  fail(error: TransportError): void {
    this.#handOver();
    this.flush();
    // Each listener may end the channel itself.
    if (this.closed) return;
    if (!this.tell('error', error) && this.#iterators.length === 0) this.#host.onError(error);
    if (!this.closed) this.#close({ code: 1000, reason: error.message, error });
  }

  /** @internal */
  end(cause: CloseCause): void {
    if (!this.closed) this.#close(cause);
  }

  /** @internal */
  discard(cause: CloseCause): void {
    if (this.closed) return;
    this.#held = undefined;
    for (const iterator of this.#iterators) iterator.clear();
    this.#close(cause);
  }

  protected override listenerAdded(event: PropertyKey): void {
    if (event === 'message') this.#startHanding();
  }

  protected override listenerFailed(error: ProtocolError): void {
    if (!this.tell('error', error)) this.#host.onError(error);
  }

  // ——— Delivery ———

  #pass(update: Update): void {
    const { overflow } = this.#options;
    const isHeard = this.listenerCount('message') > 0;
    if (isHeard) {
      if (overflow === 'latest') this.#conflate(update);
      else this.#tell(update);
    } else if (this.#iterators.length === 0) {
      this.#forgo(update);
    }
    this.#feedLoops(update);
  }

  /** Nobody reads it; a gap that it carries is left to the next one. */
  #forgo(update: Update): void {
    if (update.gap) {
      this.#held ??= this.#newBuffer();
      this.#held.owe(update.gap);
    }
    this.drop();
  }

  /** The first one behind those that were held; the last of them may have been dropped, and with it a gap. */
  #afterHeld(held: UpdateBuffer, update: Update): Update {
    this.#held = undefined;
    return held.pass(update);
  }

  #feedLoops(update: Update): void {
    for (const iterator of this.#iterators) this.#keep(iterator, update);
  }

  /** Calls the listeners. */
  #tell(update: Update): void {
    let data: unknown;
    try {
      data = update.data;
    } catch (cause) {
      return this.listenerFailed(wrapError(`The handler could not read an update of ${this.topic}`, cause));
    }
    this.tell('message', data, update);
  }

  #conflate(update: Update): void {
    this.#conflated ??= this.#newBuffer();
    const waits = this.#conflated.size > 0;
    this.#keep(this.#conflated, update);
    if (!waits) this.#host.conflation.join(this.#interval, this);
  }

  get #interval(): ConflateInterval {
    return this.#options.conflateInterval ?? FRAME;
  }

  /**
   * Tells the listeners what was conflated.
   * @internal
   */
  flush(): void {
    const conflated = this.#conflated;
    for (let count = conflated?.size ?? 0; count > 0 && !this.closed; count--) {
      const update = conflated?.shift();
      if (!update) continue;
      if (this.listenerCount('message') > 0) this.#tell(update);
      else this.#forgo(update);
    }
    // A listener may have set off more.
    if (conflated?.size && !this.closed) this.#host.conflation.join(this.#interval, this);
  }

  /** The first listener came: it gets what was kept, before anything newer. */
  #startHanding(): void {
    if (this.#phase !== 'holding') return;
    if (!this.#held?.size) {
      this.#phase = 'flowing';
      return;
    }
    this.#phase = 'handing';
    queueMicrotask(() => this.#handOver());
  }

  #handOver(): void {
    while (this.#phase === 'handing') {
      const isHeard = this.listenerCount('message') > 0;
      if (!isHeard && this.#iterators.length === 0) {
        this.#phase = 'holding';
        return;
      }
      const update = this.#held?.shift();
      if (!update) {
        if (!this.#held?.owesGap) this.#held = undefined;
        this.#phase = 'flowing';
      } else if (!isHeard) {
        // The loops had it already, or began after it.
        this.#forgo(update);
      } else if (this.#options.overflow === 'latest') {
        this.#conflate(update);
      } else {
        this.#tell(update);
      }
    }
  }

  #iterate<V>(read: (update: Update) => V): ChannelIterator<V> {
    // The first reader gets what was kept.
    const inherits = this.#phase === 'holding' || (this.closed && this.#held !== undefined);
    const buffer = (inherits && this.#held) || this.#newBuffer();
    if (inherits) this.#held = undefined;
    if (this.#phase === 'holding') this.#phase = 'flowing';
    const iterator = new ChannelIterator<V>(
      buffer,
      read,
      (ended) => this.#forget(ended as ChannelIterator<unknown>),
      this.#host.onSettled,
    );
    if (this.closed) iterator.end(this.#error);
    else this.#iterators = [...this.#iterators, iterator as ChannelIterator<unknown>];
    return iterator;
  }

  #forget(iterator: ChannelIterator<unknown>): void {
    for (let count = iterator.buffered; count > 0; count--) this.drop();
    this.#iterators = this.#iterators.filter((other) => other !== iterator);
  }

  #newBuffer(): UpdateBuffer {
    const { capacity = this.#host.capacity, overflow = 'drop-oldest', key } = this.#options;
    return new UpdateBuffer(capacity, overflow, key);
  }

  #keep(buffer: Pick<UpdateBuffer, 'push'>, update: Update): void {
    let outcome: PushOutcome;
    try {
      outcome = buffer.push(update);
    } catch (cause) {
      this.drop();
      return this.listenerFailed(wrapError(`The key function of ${this.topic} failed`, cause));
    }
    if (outcome === 'kept') return;
    this.drop();
    if (outcome === 'dropped') return;
    const { capacity = this.#host.capacity } = this.#options;
    const advice = 'Read faster, or choose an overflow policy that drops';
    const error = new CapacityExceededError('capacity', capacity, `The channel of ${this.topic} is full. ${advice}`, {
      retryable: false,
    });
    this.fail(error);
    void this.#subscriber?.leave(error);
  }

  #close(cause: CloseCause): void {
    // What listeners did not get is lost; what nobody asked for yet can still be read by a loop.
    const unheard = (this.#phase === 'handing' ? (this.#held?.size ?? 0) : 0) + (this.#conflated?.size ?? 0);
    if (this.#phase === 'handing') this.#held = undefined;
    this.#phase = 'closed';
    this.#error = cause.error;
    if (this.#conflated) this.#host.conflation.leave(this.#interval, this);
    this.#conflated?.clear();
    for (let count = unheard; count > 0; count--) this.drop();
    // Also the rest of what is just being handed out (S1).
    for (const event of ['message', 'gap', 'resumed'] as const) this.removeAllListeners(event);
    const iterators = this.#iterators;
    this.#iterators = NO_LOOPS;
    for (const iterator of iterators) iterator.end(cause.error);
    this.tell('close', cause);
  }
}

const rules: OptionRules<ChannelOptions> = {
  capacity: count(1),
  overflow: oneOf('drop-oldest', 'drop-newest', 'latest', 'fail'),
  key: [(value: unknown) => typeof value === 'function', 'a function that returns a string'],
  conflateInterval: or(duration(0), 'frame'),
};
