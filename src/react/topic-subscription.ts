import type { Channel, ChannelEvents } from '../channel/channel.js';
import type { Gap } from '../channel/update.js';
import type { AnyTransportError } from '../errors.js';
import type { SubscribingClient } from './react-client.js';
import { PENDING, type TopicStatus } from './topic-status.js';

/** Who wants a topic. */
export interface TopicOwner<T> {
  /** The status has changed. */
  statusChanged(): void;
  /** The channel reported an error and goes on. Such errors may come as often as updates. */
  errorCame(): void;
  /** The channel is open. */
  opened(channel: Channel<T>): void;
  gapCame(gap: Gap): void;
}

/** One subscription of a topic, with its channel and its status, from `open()` to `end()`. */
export class TopicSubscription<T> {
  readonly client: SubscribingClient;
  readonly topic: string;
  readonly options: object;
  readonly #owner: TopicOwner<T>;
  #status: TopicStatus<T> = PENDING;
  /** Ends the subscription, whatever it has come to. */
  #abort: AbortController | undefined;

  constructor(client: SubscribingClient, topic: string, options: object, owner: TopicOwner<T>) {
    this.client = client;
    this.topic = topic;
    this.options = options;
    this.#owner = owner;
  }

  get status(): TopicStatus<T> {
    return this.#status;
  }

  get isOver(): boolean {
    return this.#status.status === 'failed' || this.#status.status === 'closed';
  }

  open(): void {
    const abort = new AbortController();
    this.#abort = abort;
    this.#status = PENDING;
    this.#subscribe(abort.signal).then(
      (channel) => {
        if (!abort.signal.aborted) this.#opened(channel, abort.signal);
      },
      (error: AnyTransportError) => {
        if (!abort.signal.aborted) this.#become({ status: 'failed', channel: undefined, error });
      },
    );
  }

  /** Ends the channel, or the call that waits for one. */
  end(): void {
    this.#abort?.abort();
    this.#status = PENDING;
  }

  /** An update came: a silence is over. */
  heard(): void {
    const { status, channel } = this.#status;
    if (status === 'stale') this.#become({ status: 'live', channel, error: undefined });
  }

  /** Asynchronous, so that nothing that the client throws can escape. */
  async #subscribe(signal: AbortSignal): Promise<Channel<T>> {
    return (await this.client.subscribe(this.topic, { ...this.options, signal })) as unknown as Channel<T>;
  }

  #opened(channel: Channel<T>, signal: AbortSignal): void {
    this.#watch(channel, signal);
    this.#owner.opened(channel);
    const { closed, live } = channel;
    const cause = { code: 1000, reason: '' };
    if (closed) this.#become({ status: 'closed', channel, error: undefined, cause });
    else this.#become({ status: live ? 'live' : 'interrupted', channel, error: undefined });
  }

  #watch(channel: Channel<T>, signal: AbortSignal): void {
    const on = <K extends keyof ChannelEvents<unknown>>(
      event: K,
      act: (...args: ChannelEvents<unknown>[K]) => void,
    ): void => {
      (channel as unknown as Channel).on(event, (...args) => {
        if (!signal.aborted) act(...args);
      });
    };
    on('interrupted', (error) => this.#become({ status: 'interrupted', channel, error }));
    on('resumed', () => this.#become({ status: 'live', channel, error: undefined }));
    on('stale', (since) => this.#become({ status: 'stale', channel, error: undefined, since }));
    on('gap', (gap) => this.#owner.gapCame(gap));
    on('error', (error) => this.#reported(error));
    on('close', (cause) => {
      if (cause.error) this.#become({ status: 'failed', channel, error: cause.error });
      else this.#become({ status: 'closed', channel, error: undefined, cause });
    });
  }

  #reported(error: AnyTransportError): void {
    const before = this.#status;
    if (before.status === 'live' || before.status === 'stale' || before.status === 'interrupted') {
      this.#status = { ...before, error };
      this.#owner.errorCame();
    }
  }

  #become(status: TopicStatus<T>): void {
    this.#status = status;
    this.#owner.statusChanged();
  }
}
