import type { Channel } from '../channel/channel.js';
import type { ClientEmitter } from '../client-emitter.js';
import type { ClientStats } from '../client-stats.js';
import type { CloseOptions } from '../connection/closing.js';
import type { ConnectionState } from '../connection-state.js';
import { type AnyTransportError, ConfigError, ConnectionClosedError, ProtocolError } from '../errors.js';
import type { ClientEvents, CloseCause, ReconnectingEvent, Warning } from '../events.js';
import { DeliveryGate } from '../inbound/delivery-gate.js';
import type { Message } from '../protocol/message.js';
import type { PendingCall } from '../requests/pending-request.js';
import type { RawRequestOptions } from '../requests/requests.js';
import type { Clock, Runtime } from '../runtime.js';
import type { PartialSubscription } from '../subscriptions/subscribe-many.js';
import { notHeld } from '../subscriptions/subscription-errors.js';
import { Deferred } from '../util/deferred.js';
import { isObject } from '../util/options.js';
import { handled } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { EMPTY_STATS } from './empty-stats.js';
import { endedMany } from './ended-calls.js';
import { FrameTicker } from './frame-ticker.js';
import { NewsFeed, type NewsReader } from './news-feed.js';
import { unpackChannels } from './packed-channels.js';
import { unpackError, unpackEvent } from './packed-errors.js';
import { unpackMessage } from './packed-message.js';
import { PageChannels, type PageChannelsOwner } from './page-channels.js';
import { PageRequests } from './page-requests.js';
import { PageTrace } from './page-trace.js';
import type { WorkerPort } from './port.js';
import { askPage } from './server-question.js';
import type { WorkerSubscribeOptions } from './subscribe-options.js';
import * as texts from './texts.js';
import type {
  ChannelFacts,
  Entry,
  PackedChannels,
  PackedMessage,
  ToPage,
  ToWorker,
  UpdateEntry,
  WelcomeFacts,
} from './wire.js';
import { type LinkOptions, type LinkOwner, WorkerLink } from './worker-link.js';

/** Events that cross only while the page has a listener. */
const ON_DEMAND: ReadonlySet<PropertyKey> = /* @__PURE__ */ new Set(['message', 'request']);
/** Milliseconds that the worker has beyond the deadline of `close()` to tell that it is done. */
const CLOSE_GRACE = 1_000;

export interface PageEndOptions extends LinkOptions {
  readonly clock: Clock;
  readonly frames: NonNullable<Runtime['frames']>;
}

/** The page's end of a client in a worker: its calls, its listeners, and what the worker told last. */
export class PageEnd implements LinkOwner, NewsReader, PageChannelsOwner {
  readonly gate = new DeliveryGate();
  readonly trace = new PageTrace((body) => this.send(body));
  state: ConnectionState = 'disconnected';
  epoch = 0;
  stats: ClientStats = EMPTY_STATS;
  url = 'unknown';
  lastError: AnyTransportError | undefined;
  lastWarning: Warning | undefined;
  readonly #client: ClientEmitter;
  readonly #closed = new Deferred<CloseCause>();
  readonly #calls: PageRequests = new PageRequests(() => this.#link);
  readonly #channels = new PageChannels(this);
  readonly #news = new NewsFeed(this.gate, this);
  readonly #ticker: FrameTicker;
  readonly #closeTimer: Timer;
  readonly #link: WorkerLink;
  /** Events that the worker was asked for. */
  readonly #listening = new Set<PropertyKey>();

  constructor(client: ClientEmitter, port: WorkerPort, options: PageEndOptions) {
    this.#client = client;
    this.#ticker = new FrameTicker(options.clock, options.frames, (isPainting) => this.send(['frame', isPainting]));
    this.#closeTimer = new Timer(options.clock);
    this.#link = new WorkerLink(port, options.clock, options, this);
  }

  get closed(): Promise<CloseCause> {
    return this.#closed.promise;
  }

  get isWaiting(): boolean {
    return this.#calls.size > 0 || this.#channels.size > 0;
  }

  // ——— What the client does ———

  /** @param options - the last argument, where the method has options; their signal stays on the page */
  call<T>(method: string, args: readonly unknown[], options?: object, read?: (value: never) => T): PendingCall<T> {
    if (!isObject(options)) return this.#calls.call(method, options === undefined ? args : [...args, options], read);
    const { signal, ...rest } = options;
    return this.#calls.call(method, [...args, rest], read, signal);
  }

  /** Calls a method that returns nothing. */
  order(method: string, args: readonly unknown[]): void {
    this.call(method, args).catch((error: AnyTransportError) => this.report(error));
  }

  requestRaw(message: string | Uint8Array, options?: RawRequestOptions): PendingCall<Message> {
    const call = this.call('requestRaw', [message], options, (packed: PackedMessage) => unpackMessage(packed));
    const { requestId } = options ?? {};
    return requestId === undefined ? call : Object.assign(call, { requestId });
  }

  subscribe<T>(topic: string, options?: WorkerSubscribeOptions): Promise<Channel<T>> {
    return this.#subscribe('subscribe', topic, options, (facts: ChannelFacts) => this.#open<T>(facts, options));
  }

  subscribeMany<T>(
    topics: Iterable<string>,
    options?: WorkerSubscribeOptions & { readonly partial?: boolean },
  ): Promise<Channel<T>[] | PartialSubscription<T>> {
    const open = (facts: ChannelFacts) => this.#open<T>(facts, options);
    const isList = typeof topics === 'object' && topics !== null && Symbol.iterator in topics;
    const wanted = isList ? [...topics] : topics;
    const call = this.#subscribe('subscribeMany', wanted, options, (many: PackedChannels) =>
      unpackChannels(many, open),
    );
    return handled(call.catch((error) => endedMany<T>(isList ? wanted : [], options, error)));
  }

  resync(topic: string): Promise<void> {
    return this.#link.isOver ? handled(Promise.reject(notHeld(topic))) : this.call('resync', [topic]);
  }

  unsubscribe(topic: string): Promise<void> {
    return this.#link.isOver ? Promise.resolve() : this.call('unsubscribe', [topic]);
  }

  close(options: CloseOptions): Promise<void> {
    if (this.#link.isStarting) this.#link.end(new ConnectionClosedError(texts.CLOSED, { retryable: false }), options);
    if (this.#link.isOver) return this.closed.then(() => {});
    const { deadline = 1_000 } = options ?? {};
    const error = () => new ConnectionClosedError(texts.notClosed(deadline), { retryable: false });
    if (deadline < Infinity) this.#closeTimer.start(deadline + CLOSE_GRACE, () => this.#link.end(error(), options));
    return handled(
      this.call<void>('close', [options]).then(
        () => this.#closeTimer.stop(),
        (reason) => {
          this.#closeTimer.stop();
          // A worker that is lost meanwhile has no client that is open.
          if (!this.#link.isOver) throw reason;
        },
      ),
    );
  }

  listenerAdded(event: PropertyKey): void {
    if (!ON_DEMAND.has(event) || this.#listening.has(event)) return;
    this.#listening.add(event);
    this.send(['listen', String(event), true]);
  }

  report(error: AnyTransportError): void {
    this.lastError = error;
    this.#client.emit('error', error);
  }

  send(body: ToWorker): void {
    this.#link.send(body);
  }

  // ——— What the link tells ———

  onWelcome({ url, state, epoch, stats, lastError, lastWarning }: WelcomeFacts): void {
    const previous = this.state;
    Object.assign(this, { url, state, epoch, stats });
    if (lastError) this.lastError = unpackError(lastError) as AnyTransportError;
    if (lastWarning) this.lastWarning = unpackEvent(lastWarning) as Warning;
    if (state !== previous)
      this.#client.emit('stateChange', state, previous, { event: 'worker', reason: texts.STATE_TOLD });
    if (state !== 'closed') return;
    this.#ended({ code: 1000, reason: texts.closedInWorker });
    this.#link.end(new ConnectionClosedError(texts.closedInWorker, { retryable: false }));
  }

  onPosted(calls: readonly number[]): void {
    this.#calls.posted(calls);
  }

  onNews([, entries, needs]: Extract<ToPage, readonly ['news', ...unknown[]]>): void {
    this.#news.add(entries, needs);
  }

  onOver(error: AnyTransportError, asked?: CloseOptions): void {
    this.#ticker.stop();
    this.#closeTimer.stop();
    // What came before the end is handed out first.
    this.#news.drain();
    this.#calls.end(error);
    const { code = 1000, reason = '' } = asked ?? {};
    const cause = asked ? { code, reason } : { code: 1006, reason: error.message, error };
    this.#channels.end(cause);
    if (this.state === 'closed') return;
    const previous = this.state;
    this.state = 'closed';
    if (!asked) this.lastError = error;
    this.#client.emit('stateChange', 'closed', previous, { event: 'worker', ...cause });
    this.#ended(cause);
  }

  take(entry: Entry): void {
    try {
      if (typeof entry[0] === 'number') this.#channels.deliver(entry as UpdateEntry);
      else this.#takeNamed(entry as Exclude<Entry, UpdateEntry>);
    } catch (cause) {
      this.#link.end(new ProtocolError(texts.unreadable, { cause }));
    }
  }

  onTaken(count: number, isFrame: boolean): void {
    if (count > 0) this.send(['taken', count]);
    if (isFrame && !this.#link.isOver) this.#ticker.start();
    if (this.state !== 'closed' || this.#calls.size > 0) return;
    this.#link.end(new ConnectionClosedError(texts.closedInWorker, { retryable: false }));
  }

  #takeNamed(entry: Exclude<Entry, UpdateEntry>): void {
    switch (entry[0]) {
      case 'called':
        return this.#calls.called(entry[1], entry[2]);
      case 'resolved':
        this.gate.hold();
        return this.#calls.resolved(entry[1], entry[2]);
      case 'rejected':
        this.gate.hold();
        return this.#calls.rejected(entry[1], unpackError(entry[2]), entry[3]);
      case 'channel':
        return this.#channels.happened(entry[1], entry[2], entry[3].map(unpackEvent));
      case 'counts':
        return this.#channels.count(entry[1], entry[2], entry[3]);
      case 'stats':
        this.stats = entry[1];
        return;
      case 'over':
        return this.#channels.over(entry[1], entry[2] && unpackError(entry[2]));
      case 'unclonable':
        return this.#channels.lose(entry[1]);
      case 'event':
        return this.#happened(entry[1], entry[2], entry[3], entry[4]);
      case 'failed':
        return this.report(unpackError(entry[1]) as AnyTransportError);
      case 'trace':
        return this.trace.tell(entry[1]);
      case 'message':
        if (!this.#client.emit('message', unpackMessage(entry[1]), entry[2])) this.#ignore('message');
        return;
      case 'question':
        if (!askPage(this.#client, entry, (body) => this.send(body))) this.#ignore('request');
    }
  }

  #happened(name: keyof ClientEvents, state: ConnectionState, epoch: number, packed: readonly unknown[]): void {
    this.state = state;
    this.epoch = epoch;
    const args = packed.map(unpackEvent);
    const [first] = args;
    if (name === 'warning') this.lastWarning = first as Warning;
    else if (name === 'error') this.lastError = first as AnyTransportError;
    else if (name === 'reconnecting') this.lastError = (first as ReconnectingEvent).cause;
    if (name === 'closed') return this.#ended(first as CloseCause);
    this.#client.emit(name, ...(args as never));
  }

  #ended(cause: CloseCause): void {
    this.lastError = cause.error ?? this.lastError;
    this.#client.emit('closed', cause);
    this.#closed.resolve(cause);
    this.#calls.closed();
  }

  /** Nobody listens any more. */
  #ignore(event: 'message' | 'request'): void {
    this.#listening.delete(event);
    this.send(['listen', event, false]);
  }

  #open<T>(facts: ChannelFacts, { capacity, signal }: WorkerSubscribeOptions = {}): Channel<T> {
    const channel = this.#channels.open<T>(facts, { capacity, signal });
    if (!signal?.aborted) return channel;
    channel.handleEvent();
    throw signal.reason;
  }

  #subscribe<T>(
    method: string,
    topics: unknown,
    options: WorkerSubscribeOptions | undefined,
    read: (value: never) => T,
  ): Promise<T> {
    const key: unknown = options?.key;
    if (typeof key === 'function') return handled(Promise.reject(new ConfigError('key', key, texts.KEY_NAME)));
    return this.call(method, [topics], options, read);
  }
}
