import type { Channel } from '../channel/channel.js';
import { Conflation } from '../channel/conflation.js';
import type { WebSocketClient } from '../client.js';
import type { TransportError } from '../errors.js';
import type { ClientEvents, ServerRequestEvent } from '../events.js';
import type { Message } from '../protocol/message.js';
import type { PendingCall } from '../requests/pending-request.js';
import type { Clock } from '../runtime.js';
import { handled } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { ChannelRelay } from './channel-relay.js';
import { clonable } from './clonable.js';
import { Outgoing, type OutgoingNews, type OutgoingOwner } from './outgoing.js';
import { packError, packEvent } from './packed-errors.js';
import { packMessage } from './packed-message.js';
import {
  type CallOwner,
  type KeyFunctions,
  METHODS,
  type SignalOption,
  type SubscribeArguments,
  withSignal,
} from './page-calls.js';
import type { ReaderOptions } from './port-reader.js';
import { Questions } from './questions.js';
import { type Entry, PROTOCOL_VERSION, type ReaderKind, type ToPage } from './wire.js';

/** Milliseconds between two looks for news of `stats()` and of the counts of channels that nobody reads. */
const STATS_INTERVAL = 1_000;
const LIFECYCLE = [
  'stateChange',
  'connecting',
  'connected',
  'authenticated',
  'ready',
  'reconnecting',
  'reconnected',
  'disconnected',
  'closed',
  'warning',
  'error',
] as const;
const NO_OPTIONS: SubscribeArguments = {};

/** How a session reaches its page, and the world. */
export interface SessionOptions {
  readonly keys: KeyFunctions;
  readonly clock: Clock;
  post(message: ToPage): void;
}

/** The worker's end of one page: carries its calls out and tells it what happens. */
export class PageSession implements CallOwner, OutgoingOwner, OutgoingNews {
  readonly client: WebSocketClient;
  readonly keys: KeyFunctions;
  readonly #post: (message: ToPage) => void;
  readonly #outgoing = new Outgoing(this);
  readonly #conflation: Conflation;
  readonly #timer: Timer;
  /** The signals of the calls that run. */
  readonly #signals = new Map<number, AbortController>();
  readonly #relays = new Map<number, ChannelRelay>();
  readonly #questions = new Questions(this.#outgoing);
  /** Stops what the page listens to, by the name of the event. */
  readonly #stops = new Map<string, () => void>();
  #lastId = 0;
  #toldStats = '';
  #areStatsDue = false;

  constructor(client: WebSocketClient, { keys, clock, post }: SessionOptions) {
    this.client = client;
    this.keys = keys;
    this.#post = post;
    this.#conflation = new Conflation(clock, clock);
    this.#timer = new Timer(clock);
    this.#relayLifecycle();
    const { state, epoch, lastError, lastWarning } = client;
    const stats = client.stats();
    this.#toldStats = JSON.stringify(stats);
    const last = { lastError: lastError && packError(lastError), lastWarning: lastWarning && packEvent(lastWarning) };
    const { url } = client.toJSON();
    post(['welcome', { version: PROTOCOL_VERSION, url, state, epoch, stats, ...last }]);
    this.#lookForNews();
  }

  /** Carries out what the page says. Whatever it says cannot harm the worker. */
  take(body: readonly unknown[]): void {
    const [kind, ...args] = body;
    if (typeof kind === 'string' && Object.hasOwn(HANDLERS, kind)) HANDLERS[kind]?.(this, args);
  }

  /** The page is done, or gone: so is the client. */
  end(): void {
    this.#timer.stop();
    for (const stop of this.#stops.values()) stop();
    void handled(this.client.close());
  }

  // ——— What the handlers of messages do ———

  call(id: unknown, method: unknown, args: unknown, hasSignal: unknown): void {
    if (typeof id !== 'number' || this.#signals.has(id)) return;
    const list = Array.isArray(args) ? args : [];
    let signal: SignalOption = {};
    if (hasSignal === true) {
      const controller = new AbortController();
      this.#signals.set(id, controller);
      signal = { signal: controller.signal };
    }
    if (method === 'request' || method === 'requestRaw') return this.#request(id, method, list, signal);
    const act = METHODS.get(String(method));
    const run = async () => act?.(this, list, signal);
    run().then(
      (value) => {
        this.#signals.delete(id);
        this.#outgoing.add(['resolved', id, value]);
      },
      (error) => this.#rejected(id, error, (error as Partial<TransportError> | undefined)?.delivery),
    );
  }

  abort(id: unknown): void {
    this.#signals.get(id as number)?.abort();
  }

  read(channel: unknown, reader: unknown, kind: unknown): void {
    if (typeof reader !== 'number' || (kind !== 'loop' && kind !== 'listeners')) return;
    const relay = this.#relays.get(channel as number);
    if (relay) relay.addReader(reader, kind satisfies ReaderKind);
    else this.#outgoing.add(['over', reader]);
  }

  want(channel: unknown, reader: unknown, count: unknown): void {
    if (!Number.isSafeInteger(count) || (count as number) <= 0) return;
    this.#relays.get(channel as number)?.want(reader as number, count as number);
  }

  leave(channel: unknown, reader: unknown): void {
    this.#relays.get(channel as number)?.removeReader(reader as number);
  }

  listen(event: unknown, isOn: unknown): void {
    const name = String(event);
    this.#stops.get(name)?.();
    this.#stops.delete(name);
    if (isOn !== true) return;
    if (name === 'trace') {
      this.#stops.set(
        name,
        this.client.trace((entry) => this.#outgoing.addEvent(['trace', entry])),
      );
    } else if (name === 'message') {
      this.#listenTo(name, (message: Message, kind) =>
        this.#outgoing.addEvent(['message', packMessage(message), kind]),
      );
    } else if (name === 'request') {
      this.#listenTo(name, (request: ServerRequestEvent) => this.#questions.ask(request));
    }
  }

  answer(id: unknown, outcome: unknown, value: unknown): void {
    this.#questions.answer(id, outcome, value);
  }

  taken(count: unknown): void {
    if (Number.isSafeInteger(count) && (count as number) > 0) this.#outgoing.taken(count as number);
  }

  frame(isPainting: unknown): void {
    this.#outgoing.nextFrame(isPainting === true);
  }

  ping(): void {
    this.#post(['pong']);
  }

  // ——— What the calls need ———

  channel(id: unknown): Channel | undefined {
    return this.#relays.get(id as number)?.channel;
  }

  open(channel: Channel, options: SubscribeArguments = NO_OPTIONS): unknown {
    ChannelRelay.check(channel);
    const id = ++this.#lastId;
    const relay = new ChannelRelay(id, channel, options as ReaderOptions, this.#conflation, this.#outgoing, () =>
      this.#relays.delete(id),
    );
    this.#relays.set(id, relay);
    return relay.facts;
  }

  // ——— What leaves ———

  post(message: ToPage): void {
    try {
      this.#post(message);
    } catch {
      this.#post(message[0] === 'news' ? [message[0], message[1].map(clonable), message[2]] : message);
    }
  }

  /** The stats as they are when they leave. */
  takeNews(): Entry {
    this.#areStatsDue = false;
    const stats = this.client.stats();
    this.#toldStats = JSON.stringify(stats);
    return ['stats', stats];
  }

  /** Once a second: news of `stats()`, and of channels whose updates nobody reads. */
  #lookForNews(): void {
    this.#timer.start(STATS_INTERVAL, () => {
      for (const relay of this.#relays.values()) if (relay.hasCounts) this.#outgoing.addCounted(relay);
      if (JSON.stringify(this.client.stats()) !== this.#toldStats) this.#tellStats();
      if (this.client.state !== 'closed') this.#lookForNews();
    });
  }

  #tellStats(): void {
    if (this.#areStatsDue) return;
    this.#areStatsDue = true;
    this.#outgoing.add(this);
  }

  #request(id: number, method: 'request' | 'requestRaw', args: readonly unknown[], signal: SignalOption): void {
    const [payload, options] = args;
    const own = withSignal(options, signal);
    const call: PendingCall<unknown> =
      method === 'request'
        ? this.client.request<unknown>(payload, own)
        : this.client.requestRaw(payload as string, own);
    this.#outgoing.add(['called', id, call.requestId]);
    call.then(
      (value) => {
        this.#signals.delete(id);
        this.#outgoing.add(['resolved', id, method === 'request' ? value : packMessage(value as Message)]);
      },
      (error) => this.#rejected(id, error, call.delivery),
    );
  }

  #rejected(id: number, error: unknown, delivery: string | undefined): void {
    this.#signals.delete(id);
    this.#outgoing.add(['rejected', id, packError(error), delivery]);
  }

  #relayLifecycle(): void {
    for (const name of LIFECYCLE) {
      this.#listenTo(name, (...args: readonly unknown[]) => {
        const { state, epoch } = this.client;
        this.#outgoing.addEvent(['event', name, state, epoch, args.map(packEvent)]);
        if (name === 'stateChange') this.#tellStats();
      });
    }
  }

  #listenTo<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): void {
    this.client.on(event, listener);
    this.#stops.set(event, () => this.client.off(event as never, listener as never));
  }
}

type Handler = (session: PageSession, args: readonly unknown[]) => void;

/** What each message of a page does. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  call: (session, [id, method, args, hasSignal]) => session.call(id, method, args, hasSignal),
  abort: (session, [id]) => session.abort(id),
  read: (session, [channel, reader, kind]) => session.read(channel, reader, kind),
  want: (session, [channel, reader, count]) => session.want(channel, reader, count),
  leave: (session, [channel, reader]) => session.leave(channel, reader),
  listen: (session, [event, isOn]) => session.listen(event, isOn),
  answer: (session, [id, outcome, value]) => session.answer(id, outcome, value),
  taken: (session, [count]) => session.taken(count),
  frame: (session, [isPainting]) => session.frame(isPainting),
  ping: (session) => session.ping(),
};
