import {
  type Channel,
  type ChannelEvents,
  type ClientEvents,
  GenericJsonHandler,
  type ProtocolHandler,
  type Runtime,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import {
  type MockConnection,
  type MockServerOptions,
  MockWebSocketServer,
  VirtualClock,
} from 'hpx-transport-ws/testing';
import { atEnd } from './at-end.js';

export { atEnd };

/** A server that ends with the test. */
export async function serve(options?: MockServerOptions): Promise<MockWebSocketServer> {
  const server = await MockWebSocketServer.start(options);
  atEnd(() => server.close());
  return server;
}

/** Delays so short that no test waits for them; everything else as by default. */
export const QUICK = { reconnectInitialDelay: 1, reconnectMaxDelay: 4, reconnectMinUptime: 0 } as const;

export interface ClientSetup<T extends object = Record<string, unknown>> {
  readonly config?: Partial<WebSocketConfigInput>;
  readonly handler?: ProtocolHandler<T, Record<string, unknown>>;
  readonly runtime?: Partial<Runtime>;
}

/** A client that is not connected yet and ends with the test. */
export function createClient<T extends object = Record<string, unknown>>(
  server: { readonly url: string },
  { config = {}, handler = new GenericJsonHandler<T>(), runtime }: ClientSetup<T> = {},
): WebSocketClient<T> {
  const client = new WebSocketClient({ url: server.url, ...QUICK, ...config }, handler, runtime);
  atEnd(() => client.close({ deadline: 0 }));
  return client;
}

/** A client in `ready` that ends with the test. */
export async function connectClient<T extends object = Record<string, unknown>>(
  server: { readonly url: string },
  setup: ClientSetup<T> = {},
): Promise<WebSocketClient<T>> {
  const client = createClient(server, setup);
  await client.connect();
  return client;
}

/** A client on a real socket, whose time only moves when the test moves it. */
export async function connectOnClock(setup: ClientSetup = {}, server?: MockWebSocketServer) {
  const clock = new VirtualClock();
  const venue = server ?? (await serve());
  const client = await connectClient(venue, { ...setup, runtime: { clock } });
  return { clock, server: venue, client };
}

/** A client, whatever its topics and methods are. */
interface EventSource {
  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): unknown;
  off(event: keyof ClientEvents, listener: never): unknown;
}

/** The next event of that name, or the next that fits, with its arguments. */
export function clientEvent<K extends keyof ClientEvents>(
  client: EventSource,
  event: K,
  fits: (...args: ClientEvents[K]) => boolean = () => true,
): Promise<ClientEvents[K]> {
  return new Promise((resolve) => {
    const listener = (...args: ClientEvents[K]) => {
      if (!fits(...args)) return;
      client.off(event, listener as never);
      resolve(args);
    };
    client.on(event, listener);
  });
}

export function channelEvent<T, K extends keyof ChannelEvents<T>>(
  channel: Channel<T>,
  event: K,
  fits: (...args: ChannelEvents<T>[K]) => boolean = () => true,
): Promise<ChannelEvents<T>[K]> {
  return new Promise((resolve) => {
    const listener = (...args: ChannelEvents<T>[K]) => {
      if (!fits(...args)) return;
      channel.off(event, listener as never);
      resolve(args);
    };
    channel.on(event, listener);
  });
}

/** The updates that a listener of a channel got so far, and a promise for a number of them. */
export function collect<T>(channel: Channel<T>): { readonly items: T[]; until(count: number): Promise<T[]> } {
  const items: T[] = [];
  const waits = new Set<() => void>();
  channel.on('message', (data) => {
    items.push(data);
    for (const wait of [...waits]) wait();
  });
  return {
    items,
    until: (count) =>
      new Promise((resolve) => {
        const wait = () => {
          if (items.length < count) return;
          waits.delete(wait);
          resolve(items);
        };
        waits.add(wait);
        wait();
      }),
  };
}

interface WireFrame {
  readonly op?: string;
  readonly req_id?: string | number;
  readonly args?: readonly unknown[];
  readonly [member: string]: unknown;
}

/** The text frames that a server got, parsed; of one operation, or all. */
export function framesOf(server: MockWebSocketServer, op?: string): WireFrame[] {
  return server.received
    .map(({ data }) => JSON.parse(String(data)) as WireFrame)
    .filter((frame) => op === undefined || frame.op === op);
}

/** The topics of each subscribe frame, or of another operation. */
export function topicsOf(server: MockWebSocketServer, op = 'subscribe'): unknown[] {
  return framesOf(server, op).map(({ args }) => args);
}

/** A round trip: what was sent before has reached the server, and what the server sent before has been handed out. */
export async function barrier(client: WebSocketClient): Promise<void> {
  await client.request({ op: 'barrier' });
}

/** The result of a promise, so that a test can look at it later. */
export function outcomeOf<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

/** A promise with its handles. */
export function deferred<T = void>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** An answer by a drop without a close frame. */
export function dropping(_text: string, connection: MockConnection): [] {
  connection.terminate();
  return [];
}
