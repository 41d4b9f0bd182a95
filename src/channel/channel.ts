import type { AnyTransportError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Topic } from '../identifiers.js';
import { IsolatedEmitter } from '../util/isolated-emitter.js';
import { keepRaw } from '../util/keep-raw.js';
import { printAsJson } from '../util/printing.js';
import type { ChannelLoop } from './channel-loop.js';
import type { ConflateInterval } from './conflation.js';
import type { Gap, Update } from './update.js';
import type { OverflowPolicy } from './update-buffer.js';

/** The events of a channel, each with the arguments of its listeners. */
export interface ChannelEvents<T> {
  /** An update: its data, and all that is known of it. */
  message: [data: T, update: Update<T>];
  /** Updates may have been missed. */
  gap: [gap: Gap];
  /** The server confirmed the topic again after a gap. */
  resumed: [epoch: number];
  /** The channel lost its confirmed subscription, perhaps because of an error. */
  interrupted: [error?: AnyTransportError];
  /** No update came for `maxSilence` milliseconds; `since` is when the silence began, in Unix milliseconds. */
  stale: [since: number];
  /** An error ended the channel, or a listener, a key function or the reading of an update failed. */
  error: [error: AnyTransportError];
  /** The channel has ended. */
  close: [cause: CloseCause];
}

/** What `JSON.stringify(channel)` and a print of a channel show. */
export interface ChannelSummary {
  readonly topic: string;
  readonly closed: boolean;
  readonly live: boolean;
  readonly dropped: number;
  readonly buffered: number;
}

/** How a channel keeps the updates that its reader has not taken. */
export interface ChannelOptions {
  /**
   * How many updates are kept.
   * @default the config's `subscriptionChannelCapacity`
   */
  readonly capacity?: number;
  /**
   * What happens to an update when the channel is full. With the default a slow reader sees the newest state.
   * @default 'drop-oldest'
   */
  readonly overflow?: OverflowPolicy;
  /** For `latest`: what an update is about, for example its symbol. Without it all updates are about the same thing. */
  readonly key?: (update: Update) => string;
  /**
   * For `latest`: milliseconds between two deliveries to listeners; the default is one frame of a 60 Hz screen. `frame`:
   * right before the page is painted (requestAnimationFrame), and not while the page is hidden; 16 without a screen.
   * @default 16
   */
  readonly conflateInterval?: ConflateInterval;
  /**
   * Milliseconds without an update, while the channel is live, after which it emits `stale`.
   * @default Infinity: some topics are silent for hours
   */
  readonly maxSilence?: number;
}

/**
 * One application's view of one topic. `subscribe()` makes channels. `message` listeners get each update as it comes, and
 * each `for await` loop reads at its own pace. Until the first listener or loop, updates are kept, unparsed, up to
 * `capacity`.
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
export abstract class Channel<T = unknown> extends IsolatedEmitter<ChannelEvents<T>> {
  /** The canonical topic. */
  abstract readonly topic: Topic;

  /** Whether the channel has ended. */
  abstract readonly closed: boolean;

  /** What happens to an update when the channel is full: the `overflow` that it was subscribed with. */
  abstract readonly overflow: OverflowPolicy;

  /** How many updates were lost, or replaced by newer ones, because no reader took them in time. */
  abstract readonly dropped: number;

  /** How many updates wait for a reader. */
  abstract readonly buffered: number;

  /** Whether the server has confirmed the topic on the current connection: updates come as they happen. */
  abstract readonly live: boolean;

  /** What `JSON.stringify(channel)` and a print of a channel show. */
  toJSON(): ChannelSummary {
    const { topic, closed, live, dropped, buffered } = this;
    // A topic may be a key, as the name of a private stream.
    return { topic: topic.replace(/[\da-z]{24,}/gi, '***'), closed, live, dropped, buffered };
  }

  /** Iterates over the data of each update. Ends with the channel; throws the error that ended it. */
  abstract [Symbol.asyncIterator](): ChannelLoop<T>;

  /** Iterates over the updates with all that is known of them: time, epoch, sequence, gap. */
  abstract updates(): ChannelLoop<Update<T>>;

  /**
   * Ends the channel. `close` is emitted at once; no other listener is called afterwards. Resolves when the unsubscribe
   * frame is on its way, or when none is needed; never rejects.
   */
  abstract unsubscribe(): Promise<void>;

  /**
   * Asks the server anew for the topic, for all its channels: each gets a `gap` with the cause `resync`, then what the server
   * sends first. Resolves with the confirmation. Resyncs of a topic that follow each other at once are slowed down.
   * @throws SubscriptionFailedError when the channel has ended
   */
  abstract resync(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void> {
    return this.unsubscribe();
  }

  /** Each update as it comes; a conflating channel (`latest`) emits the newest once per `conflateInterval`. */
  override on(event: 'message', listener: (data: T, update: Update<T>) => void, context?: unknown): this;
  /** Updates may have been missed: the connection was lost, a sequence number was skipped, or the server started over. */
  override on(event: 'gap', listener: (gap: Gap) => void, context?: unknown): this;
  /** The server confirmed the topic again; the gap is over. */
  override on(event: 'resumed', listener: (epoch: number) => void, context?: unknown): this;
  /** The channel lost its confirmed subscription: the connection is lost, or the server ended the topic. Once, until `resumed`. */
  override on(event: 'interrupted', listener: (error?: AnyTransportError) => void, context?: unknown): this;
  /** No update for `maxSilence` milliseconds. Once per silence: an update or a new connection ends a silence. */
  override on(event: 'stale', listener: (since: number) => void, context?: unknown): this;
  /**
   * An error: it ends the channel (`close` follows), or a listener, a key function or the reading of an update failed.
   * Without a listener here, the client emits the error.
   */
  override on(event: 'error', listener: (error: AnyTransportError) => void, context?: unknown): this;
  /** The channel has ended; `error` is missing in the cause where the application asked for the end. */
  override on(event: 'close', listener: (cause: CloseCause) => void, context?: unknown): this;
  override on<K extends keyof ChannelEvents<T>>(
    event: K,
    listener: (...args: ChannelEvents<T>[K]) => void,
    context?: unknown,
  ): this;
  override on(event: never, listener: never, context?: unknown): this {
    return super.on(event, listener, context);
  }
}

printAsJson(Channel.prototype, 'Channel');
keepRaw(Channel.prototype);
