import {
  type Channel,
  GenericJsonHandler,
  type ProtocolHandler,
  type Runtime,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { atEnd } from './live.js';
import { answerLikeAnExchange, FakeNetwork, seeded } from './virtual-time.js';

export interface VirtualSetup {
  /** Beside the defaults of the package. */
  readonly config?: Partial<WebSocketConfigInput>;
  readonly handler?: ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;
  readonly runtime?: Partial<Runtime>;
  readonly random?: () => number;
}

/** A client with default settings on a fake network, which ends with the test. */
export function virtualClient(network: FakeNetwork, setup: VirtualSetup = {}): WebSocketClient {
  const { config = {}, handler = new GenericJsonHandler(), random = seeded(1), runtime = {} } = setup;
  const client = new WebSocketClient({ url: 'ws://venue.test', ...config }, handler, {
    ...network.runtime(random),
    ...runtime,
  });
  atEnd(() => closeVirtual(client, network));
  return client;
}

/** The same in `ready`. */
export async function connectVirtual(network: FakeNetwork, setup?: VirtualSetup): Promise<WebSocketClient> {
  const client = virtualClient(network, setup);
  const connecting = client.connect();
  await network.clock.advance(100);
  await connecting;
  return client;
}

/** Closes a client whose time only moves when a test moves it. */
export async function closeVirtual(client: WebSocketClient, network: FakeNetwork): Promise<void> {
  const closing = client.close();
  await network.clock.advance(1_000);
  await closing;
}

/** A client in `ready`, its network, and short ways to what tests do with them. */
export async function virtualWorld(handler = new GenericJsonHandler()) {
  const network = new FakeNetwork();
  answerLikeAnExchange(network);
  const client = await connectVirtual(network, { handler });
  const advance = (duration: number) => network.clock.advance(duration);
  const subscribe = async (...call: Parameters<typeof client.subscribe>): Promise<Channel> => {
    const subscribing = client.subscribe(...call);
    await advance(10);
    return await subscribing;
  };
  const publish = (data: unknown, topic = 't') => network.last.say({ topic, data });
  return { network, client, advance, subscribe, publish };
}

/** What a channel tells, in order. */
export function eventsOf(channel: Channel): string[] {
  const events: string[] = [];
  for (const event of ['gap', 'resumed', 'error', 'close'] as const) channel.on(event, () => void events.push(event));
  return events;
}
