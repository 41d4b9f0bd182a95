import type { Channel, PendingCall, WebSocketClient } from 'hpx-transport-ws';
import { filling, reading } from './payloads.js';
import type { ClientLog } from './recorder.js';
import type { RequestWish, SubscribeWish } from './wishes.js';

export interface OpenChannel {
  readonly number: number;
  readonly topic: string;
  readonly controller: AbortController;
  channel: Channel | undefined;
}

/**
 * An application that records: every call goes through it, and the history gets the call and its results. Its methods
 * are plain calls; the caller decides when.
 */
export class Application {
  readonly client: WebSocketClient;
  /** Channels that it wants, confirmed or not. */
  readonly channels = new Map<number, OpenChannel>();
  /** Requests and sends that are open. */
  readonly calls = new Map<number, AbortController>();
  /** Called at the end of each listener of the client: for faults that act inside listeners. */
  inListener: (event: string) => void = () => {};
  /** Called in a sink of the trace, for each frame that leaves. */
  inTrace: () => void = () => {};
  /** Called in the first `message` listener of each channel; those behind it may find themselves removed. */
  inUpdate: (channel: number) => void = () => {};
  readonly #log: ClientLog;
  readonly #requestTimeout: number;
  readonly #capacity: number;
  #calls = 0;
  /** Calls that are just being made. */
  #making: readonly number[] = [];
  #isUnderWay = false;
  #channels = 0;

  constructor(client: WebSocketClient, log: ClientLog, config: { requestTimeout: number; channelCapacity: number }) {
    this.client = client;
    this.#log = log;
    this.#requestTimeout = config.requestTimeout;
    this.#capacity = config.channelCapacity;
    for (const event of ['stateChange', 'ready', 'reconnecting', 'disconnected'] as const) {
      client.on(event, () => this.during(() => this.inListener(event)));
    }
    client.trace((entry) => {
      if (entry.type === 'frame' && entry.direction === 'out') this.inTrace();
    });
  }

  get wanted(): ReadonlySet<string> {
    return new Set([...this.channels.values()].map(({ topic }) => topic));
  }

  connect(): void {
    const { write } = this.#log;
    write({ type: 'connect' });
    this.client.connect().then(
      () => write({ type: 'connected' }),
      (error: unknown) => write({ type: 'connect-failed', code: codeOf(error) }),
    );
  }

  /** @returns the number of the call */
  request(wish: RequestWish = {}): number {
    const { write } = this.#log;
    const { retry = 'unsent', timeout = this.#requestTimeout, op = 'echo', inPayload, filler, isUrgent } = wish;
    const { controller = new AbortController() } = wish;
    const call = ++this.#calls;
    this.calls.set(call, controller);
    write({
      type: 'request',
      call,
      retry,
      timeout: timeout === Infinity ? undefined : timeout,
      ...(isUrgent && { isUrgent }),
      ...this.#within,
    });
    const payload = inPayload ? reading(op, call, inPayload) : { op, n: call, ...filling(filler) };
    const options = { retry, timeout, signal: controller.signal, priority: isUrgent ? 'high' : 'normal' } as const;
    void this.#follow(
      call,
      this.#make(call, () => this.client.request(payload, options)),
    );
    return call;
  }

  /**
   * @param length - so many characters more
   * @param isUrgent - whether it goes before the others
   */
  send(length?: number, isUrgent = false): number {
    const { write } = this.#log;
    const call = ++this.#calls;
    const mark = `"mark":${call},`;
    write({ type: 'send', call, mark, timeout: this.#requestTimeout, ...(isUrgent && { isUrgent }), ...this.#within });
    const filler = length === undefined ? '' : `,"filler":"${'x'.repeat(length)}"`;
    const text = `{${mark}"op":"note"${filler}}`;
    this.#make(call, () => this.client.send(text, { priority: isUrgent ? 'high' : 'normal' })).then(
      () => write({ type: 'settled', call, outcome: 'written' }),
      (error: unknown) => write({ type: 'settled', call, outcome: 'rejected', ...errorOf(error) }),
    );
    return call;
  }

  abort(call: number): void {
    const controller = this.calls.get(call);
    if (!controller) return;
    this.abortAll(controller);
  }

  /** Ends all calls of one signal. */
  abortAll(controller: AbortController): void {
    for (const [call, own] of this.calls) if (own === controller) this.#log.write({ type: 'abort', call });
    controller.abort(new Error('aborted by the application'));
    this.#log.write({ type: 'acted' });
  }

  /** @returns the number of the channel */
  subscribe(topic: string, wish: SubscribeWish = {}): number {
    const { write } = this.#log;
    const {
      timeout = this.#requestTimeout,
      capacity = this.#capacity,
      overflow = 'drop-oldest',
      throws = false,
    } = wish;
    const number = ++this.#channels;
    const controller = new AbortController();
    const open: OpenChannel = { number, topic, controller, channel: undefined };
    this.channels.set(number, open);
    write({ type: 'subscribe', channel: number, topic, timeout, capacity, overflow });
    const { signal } = controller;
    void this.#listen(open, this.client.subscribe(topic, { timeout, capacity, overflow, signal }), throws);
    return number;
  }

  unsubscribe(number: number): void {
    const open = this.channels.get(number);
    if (!open) return;
    const { write } = this.#log;
    this.channels.delete(number);
    if (!open.channel) {
      // Not confirmed yet: there is no channel that could be asked.
      write({ type: 'unsubscribe', channel: number });
      return open.controller.abort(new Error('no longer wanted'));
    }
    this.#account(number, open.channel);
    write({ type: 'unsubscribe', channel: number });
    void open.channel.unsubscribe().then(() => write({ type: 'unsubscribed', channel: number }));
  }

  reconnect(): void {
    this.#log.write({ type: 'reconnect' });
    this.client.reconnect();
  }

  authenticate(): void {
    this.#log.write({ type: 'authenticate' });
    this.client.authenticate().catch(() => {});
  }

  pause(): void {
    this.#log.write({ type: 'pause' });
    this.client.pause();
  }

  resume(): void {
    this.#log.write({ type: 'resume' });
    this.client.resume();
  }

  close({ drain = false, deadline = 1_000 }: { drain?: boolean; deadline?: number } = {}): void {
    const { write } = this.#log;
    this.account();
    write({ type: 'close', deadline, drain });
    void this.client.close({ drain, deadline }).then(() => write({ type: 'closed' }));
  }

  /** Records the state of each channel. */
  account(): void {
    for (const { number, channel } of this.channels.values()) {
      if (channel && !channel.closed) this.#account(number, channel);
    }
  }

  #account(channel: number, { dropped, buffered }: Channel): void {
    this.#log.write({ type: 'channel-stats', channel, dropped, buffered, isUnderWay: this.#isUnderWay });
  }

  /** Acts in the midst of what the client does: an update may be under way. */
  during(act: () => void): void {
    const wasUnderWay = this.#isUnderWay;
    this.#isUnderWay = true;
    try {
      act();
    } finally {
      this.#isUnderWay = wasUnderWay;
    }
  }

  #handOut(channel: number): void {
    this.during(() => this.inUpdate(channel));
  }

  /** What the history tells of a call that is made inside the code of others. */
  get #within(): { within?: readonly number[] } {
    return this.#making.length > 0 ? { within: this.#making } : {};
  }

  #make<T>(call: number, make: () => T): T {
    const outer = this.#making;
    this.#making = [...outer, call];
    try {
      return make();
    } finally {
      this.#making = outer;
    }
  }

  async #follow(call: number, promise: PendingCall<unknown>): Promise<void> {
    const { write } = this.#log;
    try {
      const value = await promise;
      const answers = (value as { n?: unknown } | undefined)?.n;
      write({ type: 'settled', call, outcome: 'answered', delivery: promise.delivery, answers });
    } catch (error) {
      const isAborted = this.calls.get(call)?.signal.aborted && codeOf(error) === 'aborted by the application';
      const outcome = isAborted ? 'aborted' : 'rejected';
      write({ type: 'settled', call, outcome, delivery: promise.delivery, ...errorOf(error) });
    } finally {
      this.calls.delete(call);
    }
  }

  async #listen(open: OpenChannel, confirmation: Promise<Channel>, throws: boolean): Promise<void> {
    const { write } = this.#log;
    const { number } = open;
    let channel: Channel;
    try {
      channel = await confirmation;
    } catch (error) {
      this.channels.delete(number);
      const cause = error instanceof Error && error.cause instanceof Error ? codeOf(error.cause) : undefined;
      return write({ type: 'refused', channel: number, code: codeOf(error), cause });
    }
    open.channel = channel;
    write({ type: 'subscribed', channel: number });
    if (channel.closed) {
      // It was closed in the very moment of its confirmation.
      this.channels.delete(number);
      return write({ type: 'channel-closed', channel: number });
    }
    if (throws) {
      channel.on('message', () => {
        throw new Error(FAILURE);
      });
    }
    channel.on('message', () => this.#handOut(number));
    channel.on('message', (_data, { message, epoch, gap }) => {
      const sequence = message.field('sequence') as number | undefined;
      write({ type: 'update', channel: number, sequence, epoch, gap: gap !== undefined && gap.cause !== 'overflow' });
    });
    channel.on('gap', ({ cause, epoch }) => write({ type: 'gap', channel: number, cause, epoch }));
    channel.on('resumed', (epoch) => write({ type: 'resumed', channel: number, epoch }));
    channel.on('error', (error) => {
      // An error that a listener throws is reported here too, and ends nothing.
      const isOwn = error.cause instanceof Error && error.cause.message === FAILURE;
      if (!channel.closed) write({ type: 'channel-error', channel: number, code: error.code, ...(isOwn && { isOwn }) });
    });
    channel.on('close', () => {
      this.channels.delete(number);
      write({ type: 'channel-closed', channel: number });
    });
  }
}

const FAILURE = 'a listener of the application failed';

/** The stable code of an error of ours, the message of any other. */
function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message;
  return String(error);
}

function errorOf(error: unknown): { code: string; told?: string } {
  const told = error instanceof Error && 'delivery' in error ? error.delivery : undefined;
  return { code: codeOf(error), ...(typeof told === 'string' && { told }) };
}
