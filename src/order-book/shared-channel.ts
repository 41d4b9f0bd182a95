import type { Channel } from '../channel/channel.js';
import type { Topic } from '../identifiers.js';
import { type Abortable, forgetAbort, listenToAbort } from '../util/abort-listeners.js';
import { handled } from '../util/promises.js';

/** How the channel of a shared book is subscribed; see `SubscribeOptions` of the client. */
export interface BookOptions {
  /** What the handler puts into the subscribe frame beside the topic: depth, filters. */
  readonly params?: unknown;
  /**
   * Milliseconds that the server has for the confirmation.
   * @default the config's `requestTimeout`
   */
  readonly timeout?: number;
  /**
   * Milliseconds from the call to the first write of the subscribe frame.
   * @default Infinity
   */
  readonly maxWait?: number;
  /**
   * Before the confirmation it rejects this call, and with the last call that waits the topic is given up; later it closes
   * this book.
   */
  readonly signal?: AbortSignal;
}

/** A client, as far as a book needs it. */
interface BookClient<Topics extends object> {
  subscribe<K extends keyof Topics & string>(topic: K, options?: BookOptions): Promise<Channel<Topics[K]>>;
}

/** The channel that the shared books of one client and topic read. */
class SharedChannel<T> {
  readonly channel: Promise<Channel<T>>;
  readonly #abort = new AbortController();
  #waiting = 0;

  constructor(subscribe: (signal: AbortSignal) => Promise<Channel<T>>) {
    this.channel = subscribe(this.#abort.signal);
  }

  /** Whether nobody waits for the channel any more, so that it was given up. */
  get isGivenUp(): boolean {
    return this.#abort.signal.aborted;
  }

  /** The channel, for one more call. */
  wait(signal: AbortSignal | undefined): Promise<Channel<T>> {
    this.#waiting++;
    return handled(
      new Promise((resolve, reject) => {
        const aborted: Abortable = {
          handleEvent: () => {
            if (--this.#waiting === 0) this.#abort.abort();
            reject(signal?.reason);
          },
        };
        if (signal) listenToAbort(signal, aborted);
        const settle = <V>(pass: (value: V) => void) => {
          return (value: V): void => {
            if (signal) forgetAbort(signal, aborted);
            this.#waiting = 0;
            pass(value);
          };
        };
        this.channel.then(settle(resolve), settle(reject));
      }),
    );
  }
}

/** From the call of `subscribe()` to the end of the channel, by client and topic. */
const channels = new WeakMap<object, Map<Topic, SharedChannel<unknown>>>();

/** The channel that all shared books of a client and a topic read. The first call subscribes. */
export function sharedChannel<Topics extends object, K extends keyof Topics & string>(
  client: BookClient<Topics>,
  topic: K,
  { signal, ...options }: BookOptions,
): Promise<Channel<Topics[K]>> {
  const byTopic = channels.get(client) ?? new Map<Topic, SharedChannel<unknown>>();
  channels.set(client, byTopic);
  const running = byTopic.get(topic) as SharedChannel<Topics[K]> | undefined;
  if (running && !running.isGivenUp) return running.wait(signal);
  const shared = new SharedChannel((own) => client.subscribe(topic, { ...options, signal: own }));
  byTopic.set(topic, shared);
  const forget = () => {
    if (byTopic.get(topic) === shared) byTopic.delete(topic);
  };
  shared.channel.then((channel) => {
    if (channel.closed) forget();
    else channel.on('close', forget);
  }, forget);
  return shared.wait(signal);
}
