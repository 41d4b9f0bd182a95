import {
  type Channel,
  GenericJsonHandler,
  type ProtocolHandler,
  type Socket,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import {
  ReferenceServer,
  type ReferenceServerOptions,
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from 'hpx-transport-ws/testing';
import { atEnd } from './live.js';

export const URL = 'ws://exchange';

export interface VirtualWorldOptions {
  /** In addition to the defaults of the package. */
  readonly config?: Partial<WebSocketConfigInput>;
  readonly server?: ReferenceServerOptions;
  readonly network?: SimulatedNetworkOptions;
  readonly handler?: ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;
  /** Instead of the seeded random numbers of the network. */
  readonly random?: () => number;
  /** Changes each socket of the client. */
  readonly onSocket?: (socket: Socket) => void;
}

/** A text frame that the client wrote, parsed, and when. */
export interface SentFrame {
  readonly op?: string;
  readonly args?: readonly unknown[];
  readonly at: number;
  readonly [member: string]: unknown;
}

/** A client and a server on a simulated network, in virtual time. The client ends with the test. */
export function virtualWorld(options: VirtualWorldOptions = {}) {
  const network = new SimulatedNetwork(options.network);
  const { clock } = network;
  const runtime = network.runtime();
  const sent: SentFrame[] = [];
  const { openSocket } = runtime;
  Object.assign(runtime, {
    ...(options.random && { random: options.random }),
    openSocket: ((...dial) => {
      const socket = openSocket(...dial);
      const send = socket.send.bind(socket);
      socket.send = (data) => {
        send(data);
        if (typeof data === 'string' && data.startsWith('{')) sent.push({ ...JSON.parse(data), at: clock.now() });
      };
      options.onSocket?.(socket);
      return socket;
    }) satisfies typeof openSocket,
  });
  const server = new ReferenceServer(network, URL, options.server);
  const handler = options.handler ?? new GenericJsonHandler();
  const client = new WebSocketClient({ url: URL, ...options.config }, handler, runtime);
  const errors: Error[] = [];
  const states: string[] = [];
  client.on('error', (error) => errors.push(error));
  client.on('stateChange', (state) => states.push(state));
  const world = {
    network,
    clock,
    runtime,
    server,
    client,
    /** What the client wrote; a test may clear it. */
    sent,
    errors,
    states,
    /** The server's end of the live connection. */
    get peer() {
      const peer = server.connections.at(-1);
      if (!peer) throw new Error('There is no connection.');
      return peer;
    },
    connect: async () => {
      const connected = client.connect();
      await clock.advance(100);
      await connected;
    },
    /** Drops the connection, and waits until the client knows. */
    drop: async () => {
      server.drop();
      await clock.advance(1);
    },
    subscribe: async (...call: Parameters<typeof client.subscribe>): Promise<Channel> => {
      const subscribing = client.subscribe(...call);
      await clock.advance(10);
      return await subscribing;
    },
    /** Publishes, and waits until the client has the update. */
    publish: async (topic: string, data: unknown) => {
      server.publish(topic, data);
      await clock.advance(1);
    },
    close: async () => {
      const closed = client.close();
      await clock.advance(2_000);
      await closed;
    },
  };
  atEnd(() => world.close());
  return world;
}

/** The same, with the client in `ready`. */
export async function connectedWorld(options?: VirtualWorldOptions) {
  const world = virtualWorld(options);
  await world.connect();
  return world;
}

/** The result of a promise so far: its value, its error, or that it is open. */
export async function outcome<T>(promise: Promise<T>): Promise<T | 'open' | { error: unknown }> {
  return Promise.race([promise.catch((error: unknown) => ({ error })), later()]);
}

async function later(): Promise<'open'> {
  for (let turn = 0; turn < 20; turn++) await undefined;
  return 'open';
}

/** Frames that the server got, without their ids. */
export function operations(received: readonly (string | Uint8Array)[]): unknown[] {
  return received.map((data) => {
    const { req_id: _, ...frame } = JSON.parse(String(data)) as Record<string, unknown>;
    return frame;
  });
}

/** The events of a channel, in order. */
export function eventsOf(channel: Channel): string[] {
  const events: string[] = [];
  for (const event of ['gap', 'resumed', 'error', 'close'] as const) channel.on(event, () => void events.push(event));
  return events;
}
