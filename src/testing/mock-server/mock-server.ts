import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type MockClose, MockConnection, type MockPeer } from './mock-connection.js';
import { MockListener } from './mock-listener.js';
import { checkCount, checkInteger, checkOptions, type MockRefusal, type MockServerOptions } from './mock-options.js';
import { MockScript } from './mock-script.js';
import { Valve } from './mock-valve.js';

export type { MockAnswer, MockMatch, MockResponder, MockResponderFunction } from './mock-answer.js';
export type { MockAuthentication } from './mock-authentication.js';
export type { MockClose, MockConnection, MockHandshake } from './mock-connection.js';
export type { MockFrame } from './mock-frame.js';
export type { MockDelay, MockRefusal, MockServerOptions } from './mock-options.js';
export type { MockMessageWaitOptions, MockReceived } from './mock-record.js';
export type { MockBinaryListener, MockRuleOptions, MockTextListener } from './mock-script.js';
export type { MockWaitOptions } from './mock-waits.js';

/** What `ws` must never do by itself: a mute server keeps a half-closed socket for as long as the test lasts. */
const NO_CLOSE_TIMEOUT = 2 ** 31 - 1;

/**
 * A real WebSocket server on loopback, for tests of a client: it answers like a small exchange, or as a script says,
 * and has every fault at hand that a network or a venue may have. Node only.
 *
 * Out of the box it speaks the dialect of `GenericJsonHandler`: it confirms subscriptions, echoes requests (the payload
 * comes back as `data`) and answers pings.
 *
 * @example
 * ```ts
 * const server = await MockWebSocketServer.start();
 * const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
 * const trades = await client.subscribe('trades.BTC');
 * trades.on('message', (trade) => show(trade));
 * server.publish('trades.BTC', { price: 1 });
 *
 * server.dropAll(); // the client comes back and subscribes again
 * await server.waitForConnection(2);
 * await server.waitFor('the subscription', () => server.subscriptions.has('trades.BTC'));
 *
 * await client.close();
 * await server.close();
 * ```
 */
export class MockWebSocketServer extends MockScript {
  /** Chooses the subprotocol that the answer to an upgrade names; see the option of that name. */
  subprotocol: (offered: readonly string[]) => string | undefined;
  readonly #listener: MockListener;
  readonly #wss: WebSocketServer;
  #muted = false;
  #dropAfter: number;
  #closing: Promise<void> | undefined;

  private constructor(options: MockServerOptions) {
    super(options.exchange ?? true, options.delay ?? 0, options.authentication);
    this.subprotocol = options.subprotocol ?? (([first]) => first);
    this.#dropAfter = options.dropAfter ?? Infinity;
    this.#listener = new MockListener(
      (request, socket, head) => this.#upgrade(request, socket, head),
      () => this.waits.check(),
    );
    const settings = {
      noServer: true,
      clientTracking: false,
      autoPong: false, // a mute server does not answer pings
      closeTimeout: NO_CLOSE_TIMEOUT,
      perMessageDeflate: options.compression ?? false,
      ...(options.maxMessageSize !== undefined && { maxPayload: options.maxMessageSize }),
      handleProtocols: (offered: Set<string>) => this.subprotocol([...offered]) ?? false,
    };
    this.#wss = new WebSocketServer(settings);
  }

  /**
   * Starts a server on 127.0.0.1.
   *
   * @throws ConfigError for an option that is unknown or wrong
   * @throws Error of the system when the port is taken
   */
  static async start(options: MockServerOptions = {}): Promise<MockWebSocketServer> {
    checkOptions(options);
    const server = new MockWebSocketServer(options);
    await server.#listener.listen(options.port ?? 0);
    return server;
  }

  /** Stays the same over `stop()` and `restart()`. */
  get port(): number {
    return this.#listener.port;
  }

  /** For example `ws://127.0.0.1:40123`. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get isListening(): boolean {
    return this.#listener.isListening;
  }

  get upgradeAttempts(): number {
    return this.#listener.upgradeAttempts;
  }

  get socketCount(): number {
    return this.#listener.socketCount;
  }

  // ——— What goes wrong ———

  /** Drops every connection without a close frame. */
  dropAll(): void {
    for (const connection of this.connections) connection.terminate();
  }

  /** Starts the closing handshake on every connection. Default code 1000. */
  closeAll(code = 1000, reason = ''): void {
    for (const connection of this.connections) connection.close(code, reason);
  }

  /**
   * From now on drops each connection, without a close frame, as soon as so many messages came in on it in all. The
   * last one is recorded and not answered. Infinity ends it.
   *
   * @throws ConfigError for anything but a count
   */
  dropAfter(messages: number): void {
    checkCount('dropAfter', messages);
    this.#dropAfter = messages;
  }

  /**
   * Refuses upgrades by an HTTP answer; takes the place of an earlier refusal.
   *
   * @throws ConfigError for a status outside 300 to 599, or a wrong count
   * @example
   * ```ts
   * server.refuseUpgrades({ status: 429, headers: { 'Retry-After': 2 }, times: 1 });
   * ```
   */
  refuseUpgrades(refusal: MockRefusal = {}): void {
    const { status = 503, headers = {}, body = '', times = Infinity } = refusal;
    checkInteger('status', status, 300, 599);
    checkCount('times', times);
    this.#listener.refusal = { status, headers, body, times };
  }

  /** Takes upgrade requests and never answers them, until `acceptUpgrades()` or so many times. */
  hangUpgrades(times = Infinity): void {
    checkCount('times', times);
    this.#listener.refusal = { status: undefined, headers: {}, body: '', times };
  }

  /** Ends a refusal. Requests that hang already keep hanging. */
  acceptUpgrades(): void {
    this.#listener.refusal = undefined;
  }

  /**
   * Goes silent on every connection, present and future: upgrades are accepted, everything is read and recorded, and
   * nothing is sent, neither frames nor pongs nor answers to a close frame. A half-open link looks like that.
   */
  mute(): void {
    this.#muted = true;
    for (const connection of this.connections) connection.mute();
  }

  /** Ends the silence. What would have been sent during it stays lost. */
  unmute(): void {
    this.#muted = false;
    for (const connection of this.connections) connection.unmute();
  }

  // ——— Its own life ———

  /** Stops listening, as in an outage: new connections are refused by the system, open ones are dropped (or kept). */
  async stop(options: { readonly keepConnections?: boolean } = {}): Promise<void> {
    const stopped = this.#listener.stop();
    if (options.keepConnections) return;
    await this.#listener.destroySockets();
    await stopped;
  }

  /**
   * Listens again, on the same port. Does nothing while it listens.
   *
   * @throws Error when the server was closed, or when the port has been taken meanwhile
   */
  async restart(): Promise<void> {
    if (this.#closing) throw new Error('This MockWebSocketServer was closed; start a new one.');
    if (!this.isListening) await this.#listener.listen(this.port);
  }

  /** Ends everything: port, sockets, timers, and waits (which reject). Resolves when all is gone; may be repeated. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.stopAnswering();
    await this.stop();
    this.waits.end('the server was closed');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // What is swallowed is the only sign of some things, of an answered close frame for one.
    const valve = new Valve(socket, () => this.waits.check());
    this.#wss.handleUpgrade(request, valve, head, (ws) => this.#accept(request, ws, valve));
    this.waits.check();
  }

  #accept({ url = '/', headers }: IncomingMessage, ws: WebSocket, valve: Valve): void {
    const closed = (connection: MockConnection): Promise<MockClose> =>
      new Promise((resolve) => {
        ws.once('close', (code, reason) => {
          const close = { connection, code, reason: reason.toString() };
          this.removeConnection(close);
          resolve(close);
        });
      });
    const handshake = { path: url, headers, protocol: ws.protocol };
    const authenticated = !this.authenticator?.required;
    const connection = new MockConnection(this.connectionCount, handshake, peerOf(ws, valve), authenticated, closed);
    ws.on('error', () => {}); // 'close' tells the code
    ws.on('ping', (data) => {
      if (!connection.isMuted && connection.isOpen) ws.pong(data);
      this.addPing();
    });
    ws.on('pong', () => this.addPong());
    ws.on('message', (data, isBinary) => {
      // ws still hands out what it had read when the connection was dropped.
      if (!valve.destroyed) this.#take(connection, isBinary ? bytes(data as Buffer) : String(data));
    });
    if (this.#muted) connection.mute();
    this.addConnection(connection);
    this.greet(connection);
  }

  #take(connection: MockConnection, data: string | Uint8Array): void {
    connection.receivedCount++;
    this.addMessage(connection, data);
    if (connection.receivedCount >= this.#dropAfter) connection.terminate();
    else if (typeof data === 'string') this.takeText(connection, data);
    else this.takeBinary(connection, data);
  }
}

/** Without Buffer's own methods, as a client gets them, so that the two compare equal. */
function bytes(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function peerOf(ws: WebSocket, valve: Valve): MockPeer {
  return {
    send: (data) => ws.send(data),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    ping: () => ws.ping(),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    isOpen: () => ws.readyState === ws.OPEN,
    setMuted: (muted) => {
      valve.shut = muted;
    },
  };
}
