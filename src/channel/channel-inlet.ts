import type { Context } from '../context.js';
import { type AnyTransportError, CapacityExceededError, type ProtocolError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Topic } from '../identifiers.js';
import * as texts from '../texts.js';
import { count, duration, FUNCTION, type OptionRules, oneOf, or } from '../util/options.js';
import { wrapError } from '../util/wrap-error.js';
import type { Channel, ChannelOptions } from './channel.js';
import { ChannelIterator, type Loop, type LoopOwner } from './channel-iterator.js';
import type { Conflation } from './conflation.js';
import type { HeldBytes } from './held-bytes.js';
import { type FeedOwner, ListenerFeed } from './listener-feed.js';
import { type ChannelBody, OpenChannel } from './open-channel.js';
import { Silence } from './silence.js';
import type { Gap, Update } from './update.js';
import { type BufferOwner, type PushOutcome, UpdateBuffer } from './update-buffer.js';

/** The subscriber that a channel belongs to. */
export interface ChannelSubscriber {
  /** Gives the topic up, perhaps because of an error; resolves when the topic is ended at the server, or need not be. */
  leave(error?: AnyTransportError): Promise<void>;
  /** Asks the server anew for the topic; resolves with the confirmation. */
  resync(): Promise<void>;
}

/** What all channels of a client share. */
export interface ChannelSharing {
  /** The pace of the conflating channels. */
  readonly conflation: Conflation;
  readonly heldBytes: HeldBytes;
}

const NO_LOOPS: readonly Loop[] = [];

/** The core's end of a channel: what goes in here comes out at `channel`, which the application has. */
export class ChannelInlet<T = unknown> implements ChannelBody, FeedOwner, LoopOwner, BufferOwner {
  readonly topic: Topic;
  readonly options: ChannelOptions;
  readonly conflation: Conflation;
  readonly heldBytes: HeldBytes;
  readonly channel: Channel<T>;
  readonly #context: Context;
  readonly #feed: ListenerFeed;
  /** Replaced, never changed: most channels have no loop. */
  #loops: readonly Loop[] = NO_LOOPS;
  #subscriber: ChannelSubscriber | undefined;
  #dropped = 0;
  #error: AnyTransportError | undefined;
  #isLive = false;
  /** Whether the channel has told that it made room, and has held something ever since. */
  #hasMadeRoom = false;
  /** Missing without `maxSilence`. */
  readonly #silence: Silence | undefined;

  /** @param options - checked, see `channelRules` */
  constructor(topic: Topic, context: Context, { conflation, heldBytes }: ChannelSharing, options: ChannelOptions) {
    this.topic = topic;
    this.options = options;
    this.conflation = conflation;
    this.heldBytes = heldBytes;
    this.#context = context;
    this.channel = new OpenChannel<T>(this);
    this.#feed = new ListenerFeed(this);
    const { maxSilence = Infinity } = options;
    if (maxSilence === Infinity) return;
    this.#silence = new Silence(context.runtime.clock, maxSilence, (since) => void this.#face.emit('stale', since));
  }

  get isClosed(): boolean {
    return this.#feed.isClosed;
  }

  /** Whether an update would be counted and nothing else: it has no reader, and is not kept for a later one. */
  get isDeaf(): boolean {
    return this.#loops.length === 0 && !this.#silence && this.#feed.isDeaf;
  }

  /** Whether the server has confirmed the topic on the current connection. */
  get isLive(): boolean {
    return this.#isLive;
  }

  get hasLoops(): boolean {
    return this.#loops.length > 0;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get buffered(): number {
    let count = this.#feed.buffered;
    for (const loop of this.#loops) count += loop.buffered;
    return count;
  }

  // ——— What the core does with it ———

  /** Sets what the channel leaves when it ends by `unsubscribe()` or by an overflow. */
  attach(subscriber: ChannelSubscriber): void {
    this.#subscriber = subscriber;
  }

  deliver(update: Update): void {
    if (this.isClosed) return;
    if (this.#silence && this.#isLive) this.#silence.end();
    const passed = this.#feed.deliver(update);
    for (const loop of this.#loops) this.keep(loop, passed);
  }

  /** Counts an update that no reader gets. */
  drop(): void {
    this.#dropped++;
    this.#context.counters.dropped++;
  }

  gap(gap: Gap): void {
    if (!this.isClosed) this.#face.emit('gap', gap);
  }

  /** The server confirmed the topic. */
  goLive(): void {
    if (this.isClosed || this.#isLive) return;
    this.#isLive = true;
    this.#silence?.end();
  }

  /** The server confirmed the topic again. */
  resumed(epoch: number): void {
    this.goLive();
    if (!this.isClosed) this.#face.emit('resumed', epoch);
  }

  /** Tells an error that does not end the channel. */
  report(error: AnyTransportError): void {
    if (!this.isClosed && !this.#face.emit('error', error)) this.#context.emit('error', error);
  }

  /** The confirmed subscription is lost, by an error if not by the end of the connection. */
  interrupted(error?: AnyTransportError): void {
    if (!this.#isLive) return;
    this.#isLive = false;
    this.#silence?.stop();
    if (error) this.#face.emit('interrupted', error);
    else this.#face.emit('interrupted');
  }

  /** Ends the channel with an error, after what its readers have not got yet. */
  fail(error: AnyTransportError): void {
    this.#feed.handOver();
    this.#feed.flush();
    // Each listener may end the channel itself.
    if (this.isClosed) return;
    if (!this.#face.emit('error', error) && !this.hasLoops) this.#context.emit('error', error);
    if (!this.isClosed) this.#close({ code: 1000, reason: error.message, error });
  }

  /** Ends the channel with its client. What waits for a loop can still be read. */
  end(cause: CloseCause): void {
    if (!this.isClosed) this.#close(cause);
  }

  /** Ends the channel because its stream came to an end. What waits for a reader is handed over or can still be read. */
  complete(cause: CloseCause): void {
    this.#feed.handOver();
    this.#feed.flush();
    if (!this.isClosed) this.#close(cause);
  }

  /** Ends the channel because the application gave it up. What waits for a reader is forgotten. */
  discard(cause: CloseCause): void {
    if (this.isClosed) return;
    this.#forgetAll();
    this.#close(cause);
  }

  /** Forgets what waits for a reader. */
  #forgetAll(): void {
    this.#feed.clear();
    for (const loop of this.#loops) loop.clear();
  }

  // ——— What the application does with it ———

  unsubscribe(): Promise<void> {
    this.discard({ code: 1000, reason: 'unsubscribed' });
    return this.#subscriber?.leave() ?? Promise.resolve();
  }

  resync(): Promise<void> {
    return this.#subscriber?.resync() ?? Promise.resolve();
  }

  iterate<V>(read: (update: Update) => V): ChannelIterator<V> {
    return this.join((buffer) => new ChannelIterator<V>(buffer, read, this.#context.gate, this));
  }

  join<L extends Loop>(make: (buffer: UpdateBuffer, owner: LoopOwner) => L): L {
    const loop = make(this.#feed.takeHeld() ?? this.newBuffer(), this);
    if (this.isClosed) loop.end(this.#error);
    else this.#loops = [...this.#loops, loop];
    return loop;
  }

  listenerAdded(event: PropertyKey): void {
    if (event === 'message') this.#feed.listen();
  }

  listenerFailed(error: ProtocolError): void {
    if (!this.#face.emit('error', error)) this.#context.emit('error', error);
  }

  // ——— What the feed and the loops need ———

  removeLoop(loop: Loop): void {
    for (let count = loop.buffered; count > 0; count--) this.drop();
    this.#loops = this.#loops.filter((other) => other !== loop);
  }

  unreadable(cause: unknown): void {
    this.drop();
    this.listenerFailed(wrapError(texts.unreadableUpdate(this.topic), cause));
  }

  newBuffer(): UpdateBuffer {
    const { overflow = 'drop-oldest', key } = this.options;
    return new UpdateBuffer(this.#capacity, overflow, key, this);
  }

  /** Puts an update into a buffer, and counts what that costs. */
  keep(buffer: Pick<UpdateBuffer, 'push'>, update: Update): void {
    if (this.#hasMadeRoom && this.buffered === 0) this.#hasMadeRoom = false;
    let outcome: PushOutcome;
    try {
      outcome = buffer.push(update);
    } catch (cause) {
      this.drop();
      return this.listenerFailed(wrapError(texts.keyFailed(this.topic), cause));
    }
    if (outcome !== 'kept') this.drop();
    if (outcome === 'full') this.#overflow('capacity', this.#capacity);
    if (this.heldBytes.isOver) this.heldBytes.makeRoom();
  }

  makeRoom(buffer: UpdateBuffer): void {
    const { maxBufferedBytes } = this.#context.config;
    if (this.options.overflow === 'fail') {
      for (let count = this.buffered; count > 0; count--) this.drop();
      this.#forgetAll();
      return this.#overflow('maxBufferedBytes', maxBufferedBytes);
    }
    buffer.dropOne();
    this.drop();
    if (this.#hasMadeRoom) return;
    this.#hasMadeRoom = true;
    const message = texts.madeRoom(this.topic, maxBufferedBytes);
    this.#context.emit('warning', { code: 'channel-made-room', message });
  }

  get #capacity(): number {
    return this.options.capacity ?? this.#context.config.subscriptionChannelCapacity;
  }

  /** The channel without its type parameter, so that the arguments of its events can be checked. */
  get #face(): Channel {
    return this.channel;
  }

  #overflow(limit: string, capacity: number): void {
    const error = new CapacityExceededError(limit, capacity, texts.channelFull(this.topic), { retryable: false });
    this.fail(error);
    void this.#subscriber?.leave(error);
  }

  #close(cause: CloseCause): void {
    this.#feed.close();
    this.#isLive = false;
    this.#silence?.stop();
    this.#error = cause.error;
    // No listener is called after the end, also not for the rest of an event that is under way.
    for (const event of ['message', 'gap', 'resumed', 'interrupted', 'stale'] as const)
      this.#face.removeAllListeners(event);
    const loops = this.#loops;
    this.#loops = NO_LOOPS;
    for (const loop of loops) loop.end(cause.error);
    this.#face.emit('close', cause);
  }
}

export const channelRules: OptionRules<ChannelOptions> = {
  capacity: count(1),
  overflow: oneOf('drop-oldest', 'drop-newest', 'latest', 'fail'),
  key: FUNCTION,
  conflateInterval: or(duration(0), 'frame'),
  maxSilence: or(duration(1), Infinity),
};
