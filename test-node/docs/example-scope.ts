import { type ExchangeHandler, GenericJsonHandler, type SocketEvents, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { WebSocket } from 'ws';

/** Between two orders and two updates of the life around an example. */
const PULSE = 10;

/** The signals that end a process, to which an example may listen. */
const ENDINGS = ['SIGTERM', 'SIGINT'] as const;

/** Clients that connected: an example need not close them. */
const clients = new Set<WebSocketClient>();
const { connect } = WebSocketClient.prototype;
WebSocketClient.prototype.connect = function (this: WebSocketClient, ...args) {
  clients.add(this);
  return connect.apply(this, args);
};
// Node 20 has none, and the adapter for browsers wants one.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

/**
 * What an example may use without declaring it: a mock server, its URL, and what an application would have of its own.
 * Some life is around it, so that an example that waits for a client's frames, or for updates, need not make them.
 */
export class ExampleScope {
  readonly server: MockWebSocketServer;
  readonly url: string;
  readonly handler = new GenericJsonHandler();
  readonly oldHandler: ExchangeHandler = {
    getTopic: (text) => JSON.parse(text).topic,
    buildSubscribe: (topic) => JSON.stringify({ op: 'subscribe', args: [topic] }),
    buildUnsubscribe: (topic) => JSON.stringify({ op: 'unsubscribe', args: [topic] }),
  };
  readonly headers = { 'User-Agent': 'example' };
  /** For the `SocketEvents` of the runtime. */
  readonly events: SocketEvents = {
    onOpen() {},
    onMessage() {},
    onPing() {},
    onPong() {},
    onError() {},
    onClose() {},
  };
  /** What an application would draw on its screen. */
  readonly show = (..._values: unknown[]): void => {};
  readonly render = this.show;
  readonly #pulse: NodeJS.Timeout;
  /** Who listened to the end of the process before the example. */
  readonly #listeners = ENDINGS.map((ending) => process.listeners(ending));
  #other: WebSocketClient | undefined;

  private constructor(server: MockWebSocketServer) {
    this.server = server;
    this.url = server.url;
    this.#pulse = setInterval(() => {
      server.publish('trades.BTC', { price: 64_000 });
      server.publish('trades.ETH', { price: 3_000 });
      void this.#other?.request({ op: 'order' });
    }, PULSE);
  }

  static async open(): Promise<ExampleScope> {
    const server = await MockWebSocketServer.start();
    return new ExampleScope(server);
  }

  /** A client that is connected to the server. */
  client(): Promise<WebSocketClient> {
    return WebSocketClient.connect({ url: this.url }, this.handler);
  }

  /** A client that subscribes and places orders, for examples about the server alone. */
  async visit(): Promise<void> {
    this.#other = await this.client();
    await this.#other.subscribeMany(['trades.BTC', 'trades.ETH']);
  }

  async close(): Promise<void> {
    clearInterval(this.#pulse);
    for (const [index, ending] of ENDINGS.entries()) {
      for (const listener of process.listeners(ending)) {
        if (!this.#listeners[index]?.includes(listener)) process.off(ending, listener);
      }
    }
    // Not awaited: the clock of a simulated network has stopped. Real sockets end with the server.
    for (const client of clients) void client.close();
    clients.clear();
    await this.server.close();
  }
}
