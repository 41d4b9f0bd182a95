import {
  GenericJsonHandler,
  type ProtocolHandler,
  type Runtime,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { atEnd } from './live.js';
import { type FakeNetwork, seeded } from './virtual-time.js';

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
