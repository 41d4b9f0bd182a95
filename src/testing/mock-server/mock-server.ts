import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type MockClose, MockConnection, type MockSocket } from './mock-connection.js';
import { MockHttpServer } from './mock-http-server.js';
import { checkCount, checkInteger, checkOptions, type MockRefusal, type MockServerOptions } from './mock-options.js';
import { MockScript } from './mock-script.js';
import { MockStream } from './mock-stream.js';

export type { MockAnswer, MockMatch, MockResponder, MockResponderFunction } from './mock-answer.js';
export type { MockAuthentication } from './mock-authentication.js';
export type { MockClose, MockConnection, MockHandshake } from './mock-connection.js';
export type { MockFrame } from './mock-frame.js';
export type { MockDelay, MockRefusal, MockServerOptions } from './mock-options.js';
export type { MockMessageWaitOptions, MockReceived } from './mock-record.js';
export type { MockBinaryListener, MockRuleOptions, MockTextListener } from './mock-script.js';
export type { MockWaitOptions } from './mock-waits.js';

/** ws must not close a half-closed socket after a timeout: a muted server keeps it until the test ends. */
const NO_CLOSE_TIMEOUT = 2 ** 31 - 1;

/**
 * A real WebSocket server on loopback, for tests of a client. It answers like a small exchange, or as a script of yours
 * says, and it can produce the faults of networks and venues. Node only.
 *
 * Without a script it speaks the dialect of `GenericJsonHandler`: it confirms subscriptions, answers each request with
 * its own payload as `data`, and answers pings.
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
  /** Chooses the subprotocol of each new connection; see `MockServerOptions.subprotocol`. */
  subprotocol: (offered: readonly string[]) => string | undefined;
  readonly #http: MockHttpServer;
  readonly #wss: WebSocketServer;
  #muted = false;
  #dropAfter: number;
  #closing: Promise<void> | undefined;

  private constructor(options: MockServerOptions) {
    super(options.exchange ?? true, options.delay ?? 0, options.authentication);
    this.subprotocol = options.subprotocol ?? (([first]) => first);
    this.#dropAfter = options.dropAfter ?? Infinity;
    this.#http = new MockHttpServer(
      (request, socket, head) => this.#upgrade(request, socket, head),
      () => this.waits.check(),
    );
    const settings = {
      noServer: true,
      clientTracking: false,
      autoPong: false, // a muted connection does not answer pings
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
   * @throws ConfigError for an unknown option or a wrong value
   * @throws the error of the operating system if the port is taken
   */
  static async start(options: MockServerOptions = {}): Promise<MockWebSocketServer> {
    checkOptions(options);
    const server = new MockWebSocketServer(options);
    await server.#http.listen(options.port ?? 0);
    return server;
  }

  /** The TCP port. It stays the same after `stop()` and `restart()`. */
  get port(): number {
    return this.#http.port;
  }

  /** The URL for clients, for example `ws://127.0.0.1:40123`. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get isListening(): boolean {
    return this.#http.isListening;
  }

  get upgradeAttempts(): number {
    return this.#http.upgradeAttempts;
  }

  get socketCount(): number {
    return this.#http.socketCount;
  }

  // ——— Faults ———

  /** Drops every connection without a close frame. */
  dropAll(): void {
    for (const connection of this.connections) connection.terminate();
  }

  /** Starts the closing handshake on every connection, with code 1000 by default. */
  closeAll(code = 1000, reason = ''): void {
    for (const connection of this.connections) connection.close(code, reason);
  }

  /**
   * Drops each connection, without a close frame, once so many messages came in on it. The messages of its whole life
   * count. The last message is recorded and not answered. Infinity ends this fault.
   *
   * @throws ConfigError for anything except an integer from 0, or Infinity
   */
  dropAfter(messages: number): void {
    checkCount('dropAfter', messages);
    this.#dropAfter = messages;
  }

  /**
   * Refuses upgrade requests with an HTTP answer. A second call replaces the first.
   *
   * @throws ConfigError for a status outside 300 to 599, or for `times` that is no integer from 0 and not Infinity
   * @example
   * ```ts
   * server.refuseUpgrades({ status: 429, headers: { 'Retry-After': 2 }, times: 1 });
   * ```
   */
  refuseUpgrades(refusal: MockRefusal = {}): void {
    const { status = 503, headers = {}, body = '', times = Infinity } = refusal;
    checkInteger('status', status, 300, 599);
    checkCount('times', times);
    this.#http.refusal = { status, headers, body, times };
  }

  /**
   * Reads upgrade requests and never answers them.
   *
   * @param times - the number of upgrade requests; Infinity by default, until `acceptUpgrades()`
   * @throws ConfigError for anything except an integer from 0, or Infinity
   */
  hangUpgrades(times = Infinity): void {
    checkCount('times', times);
    this.#http.refusal = { status: undefined, headers: {}, body: '', times };
  }

  /** Ends `refuseUpgrades()` and `hangUpgrades()`. Requests that hang are still not answered. */
  acceptUpgrades(): void {
    this.#http.refusal = undefined;
  }

  /**
   * Makes every present and future connection silent, like a half-open link. The server accepts upgrades, reads and
   * records everything, and sends nothing: no frame, no pong, no answer to a close frame.
   */
  mute(): void {
    this.#muted = true;
    for (const connection of this.connections) connection.mute();
  }

  /** Ends the silence. Frames that were not sent meanwhile stay lost. */
  unmute(): void {
    this.#muted = false;
    for (const connection of this.connections) connection.unmute();
  }

  // ——— Start and stop ———

  /**
   * Stops listening, as in an outage: the operating system refuses new connections. Open connections are dropped,
   * unless `keepConnections` is true.
   */
  async stop(options: { readonly keepConnections?: boolean } = {}): Promise<void> {
    const stopped = this.#http.stop();
    if (options.keepConnections) return;
    await this.#http.destroySockets();
    await stopped;
  }

  /**
   * Listens again on the same port. Does nothing if the server is listening.
   *
   * @throws Error if the server was closed, or if the port is taken
   */
  async restart(): Promise<void> {
    if (this.#closing) throw new Error('This MockWebSocketServer was closed. Start a new server.');
    if (!this.isListening) await this.#http.listen(this.port);
  }

  /** Ends the server: frees the port, destroys sockets, stops timers, rejects waits. May be called again. */
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
    // For a muted connection, dropped bytes are the only sign of some events, such as the answer to a close frame.
    const stream = new MockStream(socket, () => this.waits.check());
    this.#wss.handleUpgrade(request, stream, head, (ws) => this.#accept(request, ws, stream));
    this.waits.check();
  }

  #accept({ url = '/', headers }: IncomingMessage, ws: WebSocket, stream: MockStream): void {
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
    const connection = new MockConnection(this.connectionCount, handshake, socketOf(ws, stream), authenticated, closed);
    ws.on('error', () => {}); // 'close' follows and has the code
    ws.on('ping', (data) => {
      if (!connection.isMuted && connection.isOpen) ws.pong(data);
      this.addPing();
    });
    ws.on('pong', () => this.addPong());
    ws.on('message', (data, isBinary) => {
      // After the connection was dropped, ws still emits the messages that it had read.
      if (!stream.destroyed) this.#take(connection, isBinary ? bytes(data as Buffer) : String(data));
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

/** The same bytes as a plain Uint8Array, the type that a client gets, so that tests can compare the two. */
function bytes(data: Buffer): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function socketOf(ws: WebSocket, stream: MockStream): MockSocket {
  return {
    send: (data) => ws.send(data),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    ping: () => ws.ping(),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    isOpen: () => ws.readyState === ws.OPEN,
    setMuted: (muted) => {
      stream.muted = muted;
    },
  };
}
