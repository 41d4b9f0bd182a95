import type { Channel } from '../channel/channel.js';
import type { Topic } from '../identifiers.js';

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
}

/** A client, as far as a book needs it. */
interface BookClient<Topics extends object> {
  subscribe<K extends keyof Topics & string>(topic: K, options?: BookOptions): Promise<Channel<Topics[K]>>;
}

/** The channels of shared books, by client and topic; from the call of `subscribe()` to the end of the channel. */
const channels = new WeakMap<object, Map<Topic, Promise<unknown>>>();

/** The channel that all shared books of a client and a topic read. The first call subscribes. */
export function sharedChannel<Topics extends object, K extends keyof Topics & string>(
  client: BookClient<Topics>,
  topic: K,
  options?: BookOptions,
): Promise<Channel<Topics[K]>> {
  const byTopic = channels.get(client) ?? new Map<Topic, Promise<unknown>>();
  channels.set(client, byTopic);
  const running = byTopic.get(topic) as Promise<Channel<Topics[K]>> | undefined;
  if (running) return running;
  const subscribing = client.subscribe(topic, options);
  byTopic.set(topic, subscribing);
  const forget = () => {
    if (byTopic.get(topic) === subscribing) byTopic.delete(topic);
  };
  subscribing.then((channel) => {
    if (channel.closed) forget();
    else channel.on('close', forget);
  }, forget);
  return subscribing;
}
