import { systemClock } from '../adapters/clock.js';
import type { Channel } from '../channel/channel.js';
import type { Gap, Update } from '../channel/update.js';
import { Timer } from '../util/timer.js';
import { flushInFrame, type Paced } from './frame-pacer.js';
import type { SubscribingClient } from './react-client.js';
import { sameOptions } from './same.js';
import { Store } from './store.js';
import { IDLE, PENDING, type TopicStatus } from './topic-status.js';
import { type TopicOwner, TopicSubscription } from './topic-subscription.js';

/** Milliseconds between two looks at the count of dropped updates. It may change with each update. */
const COUNT_INTERVAL = 1_000;
/** How many gaps are kept. */
const MAX_GAPS = 100;

/** What a channel may have lost. */
export interface ChannelLosses {
  /** The latest gaps of the channel, at most 100, oldest first. */
  readonly gaps: readonly Gap[];
  /** How many updates no reader took in time, as of the last second: `channel.dropped`. */
  readonly dropped: number;
}

/** A channel as `useChannel()` shows it: `status` tells the cases apart. */
export type ChannelState<T> = TopicStatus<T> & ChannelLosses;

export type UpdateListener<T> = (data: T, update: Update<T>) => unknown;

const NO_LOSSES: ChannelLosses = { gaps: [], dropped: 0 };

/** The channel of one component. */
export class ChannelStore<T> extends Store implements TopicOwner<T>, Paced {
  readonly #client: SubscribingClient | undefined;
  readonly #topic: string | undefined;
  readonly #subscription: TopicSubscription<T> | undefined;
  readonly #initial: ChannelState<T>;
  readonly #counting = new Timer(systemClock);
  #options: object;
  #state: ChannelState<T>;
  #onUpdate: UpdateListener<T> | undefined;
  /** The channel whose updates the store listens to. */
  #heard: Channel<T> | undefined;

  constructor(client: SubscribingClient | undefined, topic: string | undefined, options: object) {
    super();
    this.#client = client;
    this.#topic = topic;
    this.#options = options;
    const { key } = options as { readonly key?: unknown };
    const own = typeof key === 'function' ? { ...options, key: this.#keyOf } : options;
    if (client && topic !== undefined) {
      this.#subscription = new TopicSubscription(client, topic, own, this);
    }
    this.#initial = { ...(this.#subscription ? PENDING : IDLE), ...NO_LOSSES };
    this.#state = this.#initial;
  }

  readonly getSnapshot = (): ChannelState<T> => this.#state;

  readonly getServerSnapshot = (): ChannelState<T> => this.#initial;

  fits(client: SubscribingClient | undefined, topic: string | undefined, options: object): boolean {
    return client === this.#client && topic === this.#topic && sameOptions(options, this.#options);
  }

  /** Takes over the functions of the newest rendering. */
  use(options: object, onUpdate: UpdateListener<T> | undefined): void {
    this.#options = options;
    this.#onUpdate = onUpdate;
    this.#listen();
  }

  statusChanged(): void {
    this.#show({});
    this.#listen();
  }

  errorCame(): void {
    flushInFrame(this);
  }

  opened(): void {
    this.#count();
  }

  gapCame(gap: Gap): void {
    this.#show({ gaps: [...this.#state.gaps, gap].slice(-MAX_GAPS) });
  }

  flush(): void {
    this.#show({});
  }

  protected override get isOver(): boolean {
    return this.#subscription?.isOver ?? false;
  }

  protected start(): void {
    this.#subscription?.open();
  }

  protected stop(): void {
    this.#subscription?.end();
    this.#counting.stop();
    this.#state = this.#initial;
  }

  protected override attended(): void {
    this.#listen();
  }

  protected override deserted(): void {
    this.#listen();
  }

  get #status(): TopicStatus<T> {
    return this.#subscription?.status ?? IDLE;
  }

  #show(losses: Partial<ChannelLosses>): void {
    const { gaps } = this.#state;
    const { channel } = this.#status;
    this.#state = { ...this.#status, gaps, dropped: channel?.dropped ?? 0, ...losses };
    this.publish();
  }

  /** Listens to updates while a component wants them, and to the one that ends a silence. */
  #listen(): void {
    const { status, channel } = this.#status;
    const isWanted = this.isAttended && (this.#onUpdate !== undefined || status === 'stale');
    const wanted = isWanted ? channel : undefined;
    if (wanted === this.#heard) return;
    this.#heard?.off('message', this.#onMessage);
    this.#heard = wanted;
    wanted?.on('message', this.#onMessage);
  }

  readonly #onMessage = (data: T, update: Update<T>): unknown => {
    this.#subscription?.heard();
    // What it throws is an error of the channel.
    return this.#onUpdate?.(data, update);
  };

  /** The newest `key` function, for a channel that was subscribed with an older one. */
  readonly #keyOf = (update: Update): string => {
    const { key } = this.#options as { key: (update: Update) => string };
    return key(update);
  };

  #count(): void {
    this.#counting.start(COUNT_INTERVAL, () => {
      const { channel } = this.#status;
      if (!channel || channel.closed) return;
      if (channel.dropped !== this.#state.dropped) this.#show({});
      this.#count();
    });
  }
}
