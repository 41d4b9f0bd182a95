import type { SubscribingClient } from './react-client.js';
import { sameOptions } from './same.js';
import { Store } from './store.js';

/** What a feed brings: a topic of a client, subscribed with these options. */
export interface FeedRequest {
  readonly client: SubscribingClient;
  readonly topic: string;
  readonly options: object;
}

/** A store that several components share. */
export abstract class Feed extends Store {
  readonly request: FeedRequest;
  readonly #onEnd: (feed: Feed) => void;

  /** @param onEnd - the last component is gone, and the feed has stopped */
  constructor(request: FeedRequest, onEnd: (feed: Feed) => void) {
    super();
    this.request = request;
    this.#onEnd = onEnd;
  }

  protected override ended(): void {
    this.#onEnd(this);
  }
}

/**
 * The feeds that components share, so that all of them show the same, and a component that comes later has it at once. A feed
 * is here from its first component to its end.
 */
export class SharedFeeds<F extends Feed> {
  readonly #byClient = new WeakMap<object, Map<string, F[]>>();

  find({ client, topic, options }: FeedRequest): F | undefined {
    const feeds = this.#byClient.get(client)?.get(topic);
    return feeds?.find((feed) => sameOptions(feed.request.options, options));
  }

  /** The feed of a request; makes one if there is none. */
  open(request: FeedRequest, make: (onEnd: (feed: Feed) => void) => F): F {
    const found = this.find(request);
    if (found) return found;
    const { client, topic } = request;
    const byTopic = this.#byClient.get(client) ?? new Map<string, F[]>();
    this.#byClient.set(client, byTopic);
    const feed = make((ended) => {
      const others = (byTopic.get(topic) ?? []).filter((other) => other !== ended);
      if (others.length > 0) byTopic.set(topic, others);
      else byTopic.delete(topic);
    });
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), feed]);
    return feed;
  }
}

/** How a component reads a feed. */
export interface FeedReading<F extends Feed, State> {
  readonly feeds: SharedFeeds<F>;
  make(request: FeedRequest, onEnd: (feed: Feed) => void): F;
  read(feed: F): State;
  /** Before there is a feed, and on a server. */
  readonly initial: State;
}

/** One component's view of a shared feed. The feed is looked up at each reading: rendering alone makes none. */
export class FeedView<F extends Feed, State> {
  readonly #request: FeedRequest | undefined;
  readonly #reading: FeedReading<F, State>;

  /** @param request - missing if the component wants nothing */
  constructor(request: FeedRequest | undefined, reading: FeedReading<F, State>) {
    this.#request = request;
    this.#reading = reading;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const request = this.#request;
    if (!request) return () => {};
    const { feeds, make } = this.#reading;
    return feeds.open(request, (onEnd) => make(request, onEnd)).subscribe(listener);
  };

  readonly getSnapshot = (): State => {
    const { feeds, read, initial } = this.#reading;
    const feed = this.#request && feeds.find(this.#request);
    return feed ? read(feed) : initial;
  };

  readonly getServerSnapshot = (): State => this.#reading.initial;

  fits(client: SubscribingClient | undefined, topic: string | undefined, options: object): boolean {
    const request = this.#request;
    const isWanted = client !== undefined && topic !== undefined;
    if (!request || !isWanted) return !request && !isWanted;
    return client === request.client && topic === request.topic && sameOptions(options, request.options);
  }
}
