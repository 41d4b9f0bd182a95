import { type MockMatch, matches } from './mock-answer.js';
import type { MockClose, MockConnection } from './mock-connection.js';
import { type MockWaitOptions, MockWaits } from './mock-waits.js';

/** One message that the server received. */
export interface MockReceived {
  readonly connection: MockConnection;
  /** A string for a text frame, bytes for a binary one. */
  readonly data: string | Uint8Array;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** Options of `waitForMessage()`. */
export interface MockMessageWaitOptions extends MockWaitOptions {
  /**
   * The index in `received` of the first message to look at.
   * @default 0, so that messages from before the wait count too
   */
  readonly from?: number;
}

/**
 * What a mock server received, and promises for what it will receive. Every wait looks at the whole life of the server:
 * an event from before the wait resolves it too, so that a test cannot be too late.
 */
export abstract class MockRecord {
  /** @internal */
  protected readonly waits = new MockWaits();
  readonly #accepted: MockConnection[] = [];
  readonly #open = new Set<MockConnection>();
  readonly #closes: MockClose[] = [];
  readonly #received: MockReceived[] = [];
  #pings = 0;
  #pongs = 0;

  /** The number of upgrade requests that came in, including refused ones. */
  abstract readonly upgradeAttempts: number;
  /** The number of open TCP connections, in any state. 0 means that no client leaked a socket. */
  abstract readonly socketCount: number;

  /** The open connections, oldest first. */
  get connections(): readonly MockConnection[] {
    return [...this.#open];
  }

  /** The number of connections that this server has accepted. */
  get connectionCount(): number {
    return this.#accepted.length;
  }

  /** Every message that came in, text and binary, oldest first. */
  get received(): readonly MockReceived[] {
    return this.#received;
  }

  /** The number of WebSocket ping frames that came in. */
  get pings(): number {
    return this.#pings;
  }

  /** The number of WebSocket pong frames that came in. */
  get pongs(): number {
    return this.#pongs;
  }

  /** The topics of all open connections, each once. For one connection see its own `subscriptions`. */
  get subscriptions(): ReadonlySet<string> {
    return new Set(this.connections.flatMap(({ subscriptions }) => [...subscriptions]));
  }

  /**
   * Resolves with the first value of `probe` that is neither `undefined` nor false. The server calls `probe` at once,
   * and again after each event on this server.
   *
   * @param what - the condition in words, for the error
   * @throws Error after the timeout, or when the server is closed meanwhile
   * @example
   * ```ts
   * await server.waitFor('both topics', () => server.subscriptions.size === 2);
   * ```
   */
  waitFor<T>(what: string, probe: () => T | undefined | false, options?: MockWaitOptions): Promise<T> {
    return this.waits.until(
      what,
      () => {
        const value = probe();
        return value === false ? undefined : value;
      },
      () => this.#describe(),
      options,
    );
  }

  /**
   * Resolves with the `count`-th connection that this server accepts.
   *
   * @param count - 1 by default: the first connection
   * @throws Error after the timeout, or when the server is closed meanwhile
   * @example
   * ```ts
   * const first = await server.waitForConnection();
   * first.terminate();
   * await server.waitForConnection(2); // the client came back
   * ```
   */
  async waitForConnection(count = 1, options?: MockWaitOptions): Promise<MockConnection> {
    return this.waitFor(`connection ${count}`, () => this.#accepted[count - 1], options);
  }

  /**
   * Resolves when `count` upgrade requests came in, including refused ones.
   *
   * @throws Error after the timeout, or when the server is closed meanwhile
   */
  async waitForUpgrade(count = 1, options?: MockWaitOptions): Promise<void> {
    await this.waitFor(`upgrade request ${count}`, () => this.upgradeAttempts >= count, options);
  }

  /**
   * Resolves with the first message that matches. Without `match`, every message does; with it, only texts can match.
   *
   * @throws Error after the timeout, or when the server is closed meanwhile
   * @example
   * ```ts
   * const { connection } = await server.waitForMessage('"op":"subscribe"');
   * const next = await server.waitForMessage((text) => text.includes('order'), { from: server.received.length });
   * ```
   */
  async waitForMessage(match?: MockMatch, options: MockMessageWaitOptions = {}): Promise<MockReceived> {
    const fits = ({ data, connection }: MockReceived): boolean =>
      match === undefined || (typeof data === 'string' && matches(match, data, connection));
    // The search continues here, so that no message is looked at twice.
    let next = options.from ?? 0;
    const probe = (): MockReceived | undefined => {
      for (; next < this.#received.length; next++) {
        const message = this.#received[next];
        if (message !== undefined && fits(message)) return message;
      }
      return undefined;
    };
    return this.waitFor(match === undefined ? 'a message' : `a message that matches ${match}`, probe, options);
  }

  /**
   * Resolves when `count` WebSocket ping frames came in.
   *
   * @throws Error after the timeout, or when the server is closed meanwhile
   */
  async waitForPing(count = 1, options?: MockWaitOptions): Promise<void> {
    await this.waitFor(`ping ${count}`, () => this.#pings >= count, options);
  }

  /**
   * Resolves with the end of a connection: the `count`-th in the order in which connections end. To wait for a certain
   * connection use `connection.closed`.
   *
   * @param count - 1 by default: the first end
   * @throws Error after the timeout, or when the server is closed meanwhile
   */
  async waitForClose(count = 1, options?: MockWaitOptions): Promise<MockClose> {
    return this.waitFor(`the end of connection ${count}`, () => this.#closes[count - 1], options);
  }

  /**
   * Resolves when no TCP connection is open any more, including those without a finished upgrade.
   *
   * @throws Error after the timeout
   */
  async waitForIdle(options?: MockWaitOptions): Promise<void> {
    await this.waitFor('all sockets to be gone', () => this.socketCount === 0, options);
  }

  /** @internal */
  protected addConnection(connection: MockConnection): void {
    this.#accepted.push(connection);
    this.#open.add(connection);
    this.waits.check();
  }

  /** @internal */
  protected removeConnection(close: MockClose): void {
    this.#open.delete(close.connection);
    this.#closes.push(close);
    this.waits.check();
  }

  /** @internal */
  protected addMessage(connection: MockConnection, data: string | Uint8Array): void {
    this.#received.push({ connection, data, receivedAt: Date.now() });
    this.waits.check();
  }

  /** @internal */
  protected addPing(): void {
    this.#pings++;
    this.waits.check();
  }

  /** @internal */
  protected addPong(): void {
    this.#pongs++;
    this.waits.check();
  }

  #describe(): string {
    const { connectionCount, connections, upgradeAttempts, received, socketCount } = this;
    return (
      `${upgradeAttempts} upgrade requests, ${connectionCount} connections, ${connections.length} of them open, ` +
      `${socketCount} sockets, ${received.length} messages`
    );
  }
}
