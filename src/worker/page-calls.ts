import type { Channel } from '../channel/channel.js';
import type { Update } from '../channel/update.js';
import type { WebSocketClient } from '../client.js';
import { ConfigError } from '../errors.js';
import { isObject } from '../util/options.js';
import { packError } from './packed-errors.js';
import * as texts from './texts.js';

/** The functions that a page may name as `key` of a subscription. */
export type KeyFunctions = Readonly<Record<string, (update: Update) => string>>;

/** What the calls of a page need. */
export interface CallOwner {
  readonly client: WebSocketClient;
  readonly keys: KeyFunctions;
  /** The channel that the page knows by this number. */
  channel(id: unknown): Channel | undefined;
  /** Opens a channel to the page; returns what the page has to know of it. */
  open(channel: Channel, options: SubscribeArguments): unknown;
}

/** The options of a subscription as they cross. */
export type SubscribeArguments = Readonly<Record<string, unknown>>;

/** The signal of a call, where it has one. */
export type SignalOption = { readonly signal?: AbortSignal };

/** Calls a method. The result crosses to the page. */
type Method = (owner: CallOwner, args: readonly unknown[], options: SignalOption) => Promise<unknown>;

/** What a page may call, by name. The client itself checks the arguments: they may be anything. */
export const METHODS: ReadonlyMap<string, Method> = /* @__PURE__ */ new Map<string, Method>([
  ['connect', ({ client }, [options], own) => client.connect(withSignal(options, own))],
  ['subscribe', subscribe],
  ['subscribeMany', subscribeMany],
  ['unsubscribe', ({ client }, [topic]) => client.unsubscribe(topic as string)],
  ['resync', ({ client }, [topic]) => client.resync(topic as string)],
  ['send', ({ client }, [message, options], own) => client.send(message as string, withSignal(options, own))],
  ['sendJson', ({ client }, [payload, options], own) => client.sendJson(payload, withSignal(options, own))],
  ['authenticate', ({ client }) => client.authenticate()],
  ['reconnect', async ({ client }, [reason, options]) => client.reconnect(reason as string, options as object)],
  ['pause', async ({ client }) => client.pause()],
  ['resume', async ({ client }) => client.resume()],
  ['close', ({ client }, [options]) => client.close(options as object)],
  ['channel.unsubscribe', async (owner, [id]) => owner.channel(id)?.unsubscribe()],
  ['channel.resync', async (owner, [id]) => owner.channel(id)?.resync()],
]);

/** Options that are no object are refused by the client. */
export function withSignal(options: unknown, own: SignalOption): object {
  return options === undefined || isObject(options) ? { ...options, ...own } : (options as object);
}

async function subscribe(owner: CallOwner, [topic, options]: readonly unknown[], signal: SignalOption) {
  const { own, rest } = readOptions(owner, options, signal);
  const channel = await owner.client.subscribe(topic as string, rest);
  return owner.open(channel, own);
}

async function subscribeMany(owner: CallOwner, [topics, options]: readonly unknown[], signal: SignalOption) {
  const { own, rest } = readOptions(owner, options, signal);
  if ((own as { partial?: unknown }).partial !== true) {
    const channels = await owner.client.subscribeMany(topics as string[], rest as { partial?: false });
    return channels.map((channel) => owner.open(channel, own));
  }
  const { channels, errors } = await owner.client.subscribeMany(topics as string[], { ...rest, partial: true });
  return {
    channels: channels.map((channel) => owner.open(channel, own)),
    errors: [...errors].map(([topic, error]) => [topic, packError(error)]),
  };
}

/** The options of the page's own, and those of the client. @throws ConfigError for a wrong option */
function readOptions({ keys }: CallOwner, options: unknown = {}, signal: SignalOption) {
  if (!isObject(options)) return { own: {}, rest: options as object };
  const { key, updates, ...rest } = options;
  if (updates !== undefined && updates !== 'data' && updates !== 'full') {
    throw new ConfigError('updates', updates, texts.UPDATES);
  }
  return { own: options, rest: { ...rest, ...(key === undefined ? {} : { key: keyOf(keys, key) }), ...signal } };
}

function keyOf(keys: KeyFunctions, name: unknown): (update: Update) => string {
  const key = typeof name === 'string' && Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (!key) throw new ConfigError('key', name, texts.knownKeys(Object.keys(keys)));
  return key;
}
