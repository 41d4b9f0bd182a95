// What an application writes. Compiled by each version of TypeScript, with strict options and without `skipLibCheck`.
import {
  type Channel,
  type ClientEvents,
  type ClientStats,
  ConfigError,
  fromExchangeHandler,
  type Gap,
  GenericJsonHandler,
  isTransportError,
  JsonRpcHandler,
  type Message,
  MessageKind,
  type PendingCall,
  ProtocolHandler,
  type RequestOptions,
  RequestRejectedError,
  type Runtime,
  type SubscribeOptions,
  type TraceEntry,
  type TransportError,
  type Update,
  WebSocketClient,
  WebSocketConfig,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import { ReferenceServer, SimulatedNetwork, VirtualClock } from 'hpx-transport-ws/testing';

interface Trade {
  readonly price: number;
  readonly quantity?: number;
}
interface Topics {
  [topic: `trades.${string}`]: Trade;
  status: 'up' | 'down';
}
interface Methods {
  'order.place': { params: { quantity: number }; result: { orderId: string } };
  time: { params: undefined; result: number };
  cancel(params: { orderId: string }): Promise<boolean>;
}

const input: WebSocketConfigInput = {
  requestTimeout: undefined,
  protocols: undefined,
  url: async ({ signal, attempt }) => (signal.aborted ? 'wss://localhost' : { url: `wss://localhost/${attempt}` }),
  pingInterval: 0,
  nodeOptions: { headers: { Authorization: 'token' } },
};
const handler = new JsonRpcHandler<Topics, Methods>({ subscribeMethod: 'subscribe', unsubscribeMethod: undefined });

export async function useClient(): Promise<number> {
  const client = await WebSocketClient.connect(new WebSocketConfig(input), handler, nodeRuntime);
  const placed: PendingCall<{ orderId: string }> = client.request({ method: 'order.place', params: { quantity: 1 } });
  const { orderId } = await placed;
  const canceled: boolean = await client.request({ method: 'cancel', params: { orderId } });
  const time: number = await client.request({ method: 'time' });
  const untyped = await client.request<{ a: string }>({ method: 'other' });
  // @ts-expect-error -- an unknown topic
  void client.subscribe('unknown');
  // @ts-expect-error -- a wrong member of the params
  void client.request({ method: 'order.place', params: { qty: 1 } });
  // @ts-expect-error -- an option that does not exist
  void client.request({ method: 'time' }, { timout: 1 });

  const options: SubscribeOptions = {
    overflow: 'latest',
    key: (update) => String(update),
    signal: new AbortController().signal,
  };
  const trades: Channel<Trade> = await client.subscribe('trades.BTC', options);
  trades.on('message', (trade, update) => use(trade.price, update.epoch, update.gap?.cause));
  trades.on('gap', (gap: Gap) => use(gap.since, gap.until));
  for await (const trade of trades) use(trade.price.toFixed(), trade.quantity?.toFixed());
  for await (const update of trades.updates()) useUpdate(update);
  const [first] = await client.subscribeMany(['trades.BTC', 'trades.ETH']);
  use(first?.topic);
  const { channels, errors } = await client.subscribeMany(['status'], { partial: true });
  use(channels, errors);

  const maybe = trades.live ? 1 : undefined;
  void client.request({ method: 'time' }, { timeout: maybe, signal: undefined, retry: undefined });
  void client.subscribe('status', { capacity: maybe, key: undefined, overflow: undefined, maxSilence: maybe });
  void client.connect({ timeout: maybe, signal: undefined });

  client.on('reconnecting', ({ attempt, delay, cause }) => use(attempt + delay, cause.message));
  client.once('closed', (cause) => use(cause));
  client.off('ready');
  const stop: () => void = client.trace((entry: TraceEntry) => use(entry));
  stop();
  const stats: ClientStats = client.stats();
  await client.close({ drain: true });
  return time + stats.pendingRequests + untyped.a.length + Number(canceled);
}

export function judge(error: unknown): string {
  if (error instanceof RequestRejectedError) return String(error.serverCode);
  if (error instanceof ConfigError) return error.field;
  if (!isTransportError(error)) return 'another error';
  if (error.code === 'REQUEST_TIMEOUT') return error.duration.toFixed();
  const plain: TransportError = error;
  return plain.retryable ? plain.message : plain.name;
}

class OwnHandler extends ProtocolHandler<Topics> {
  classifyMessage(message: Message): MessageKind {
    return message.field('id') === undefined ? MessageKind.Update : MessageKind.Response;
  }
  extractRequestId(message: Message): string | undefined {
    return (message.json as { id?: string }).id;
  }
  extractTopic(message: Message): string | undefined {
    return message.field('topic') as string | undefined;
  }
  buildSubscribe(topics: readonly string[], requestId: string | number): string {
    return JSON.stringify({ id: requestId, subscribe: topics });
  }
  buildUnsubscribe(topics: readonly string[], requestId: string | number): string {
    return JSON.stringify({ id: requestId, unsubscribe: topics });
  }
  override buildPing(): string {
    return 'ping';
  }
}

export class Application {
  readonly #client: WebSocketClient<Topics>;
  readonly plain = new WebSocketClient({ url: 'wss://localhost' }, new GenericJsonHandler());

  constructor(runtime: Partial<Runtime>) {
    this.#client = new WebSocketClient({ url: 'wss://localhost' }, new OwnHandler(), runtime);
  }

  listen<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): void {
    this.#client.on(event, listener);
  }

  ask(options: RequestOptions): PendingCall<unknown> {
    return this.plain.request({ op: 'anything' }, options);
  }
}

export async function simulate(): Promise<void> {
  const network = new SimulatedNetwork({ seed: 1, clock: new VirtualClock() });
  const exchange = new ReferenceServer(network, 'ws://exchange');
  const application = new Application(network.runtime());
  application.listen('ready', (epoch) => use(epoch.toFixed()));
  await network.clock.advance(1_000);
  use(exchange.subscriptions.size, new Application(browserRuntime));
}

export const older = fromExchangeHandler({
  getTopic: (text) => text.slice(1),
  buildSubscribe: (topic) => `+${topic}`,
  buildUnsubscribe: (topic) => `-${topic}`,
});

function useUpdate({ data, message, receivedAt, sequence }: Update<Trade>): void {
  use(data.price, message.text.length, receivedAt.toFixed(), sequence);
}

function use(...values: unknown[]): void {
  void values;
}
