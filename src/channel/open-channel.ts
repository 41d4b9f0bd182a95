import type { Topic } from '../identifiers.js';
import type { ListenerHooks } from '../util/isolated-emitter.js';
import { Channel, type ChannelOptions } from './channel.js';
import type { Loop, LoopOwner } from './channel-iterator.js';
import type { ChannelLoop } from './channel-loop.js';
import type { Update } from './update.js';
import type { OverflowPolicy, UpdateBuffer } from './update-buffer.js';

/** What stands behind a channel. */
export interface ChannelBody extends ListenerHooks {
  readonly topic: Topic;
  readonly options: ChannelOptions;
  readonly isClosed: boolean;
  readonly isLive: boolean;
  readonly dropped: number;
  readonly buffered: number;
  /** Starts a loop that yields what `read` takes from each update. */
  iterate<V>(read: (update: Update) => V): ChannelLoop<V>;
  /** Adds a reader of its own kind. `make` gets the buffer of the new reader, with what was kept for the first reader. */
  join<L extends Loop>(make: (buffer: UpdateBuffer, owner: LoopOwner) => L): L;
  unsubscribe(): Promise<void>;
  resync(): Promise<void>;
}

let bodyOf: ((channel: object) => ChannelBody | undefined) | undefined;

/** What stands behind a channel; `undefined` for a channel of another copy of this package. */
export function channelBody(channel: object): ChannelBody | undefined {
  return bodyOf?.(channel);
}

/** The channel that an application gets. Its state is in its body, out of the application's reach. */
export class OpenChannel<T> extends Channel<T> {
  // A field instead of a static block, which some bundlers for React Native do not know.
  static readonly #bodyOf = (channel: object): ChannelBody | undefined =>
    #body in channel ? channel.#body : undefined;
  readonly #body: ChannelBody;

  constructor(body: ChannelBody) {
    super(body);
    bodyOf ??= OpenChannel.#bodyOf;
    this.#body = body;
  }

  get topic(): Topic {
    return this.#body.topic;
  }

  get closed(): boolean {
    return this.#body.isClosed;
  }

  get live(): boolean {
    return this.#body.isLive;
  }

  get overflow(): OverflowPolicy {
    return this.#body.options.overflow ?? 'drop-oldest';
  }

  get dropped(): number {
    return this.#body.dropped;
  }

  get buffered(): number {
    return this.#body.buffered;
  }

  [Symbol.asyncIterator](): ChannelLoop<T> {
    return this.#body.iterate((update) => update.data as T);
  }

  updates(): ChannelLoop<Update<T>> {
    return this.#body.iterate((update) => update as Update<T>);
  }

  unsubscribe(): Promise<void> {
    return this.#body.unsubscribe();
  }

  resync(): Promise<void> {
    return this.#body.resync();
  }
}
