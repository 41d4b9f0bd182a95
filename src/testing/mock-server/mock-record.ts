import { type MockMatch, matches } from './mock-answer.js';
import type { MockClose, MockConnection } from './mock-connection.js';
import { type MockWaitOptions, Waits } from './mock-waits.js';

/** One message that came in. */
export interface MockReceived {
  readonly connection: MockConnection;
  /** A string for a text frame, bytes for a binary one. */
  readonly data: string | Uint8Array;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** What `waitForMessage` looks at. */
export interface MockMessageWaitOptions extends MockWaitOptions {
  /** Messages before this index of `received` do not count. Default 0: what came in before the wait counts too. */
  readonly from?: number;
}

/**
 * What a mock server saw, and promises for what it is going to see. A wait is about the whole life of the server: what
 * has happened already resolves it, so that a test cannot be late.
 */
export abstract class MockRecord {
  /** @internal */
  protected readonly waits = new Waits();
  readonly #accepted: MockConnection[] = [];
  readonly #open = new Set<MockConnection>();
  readonly #closes: MockClose[] = [];
  readonly #received: MockReceived[] = [];
  #pings = 0;
  #pongs = 0;

  /** Upgrade requests that came in, refused ones included. */
  abstract readonly upgradeAttempts: number;
  /** TCP connections that are open, in whatever state; 0 means that no client leaked one. */
  abstract readonly socketCount: number;

  /** The connections that are open now, oldest first. */
  get connections(): readonly MockConnection[] {
    return [...this.#open];
  }

  /** Connections accepted in the life of this server. */
  get connectionCount(): number {
    return this.#accepted.length;
  }

  /** Every message that came in, text and binary, oldest first. */
  get received(): readonly MockReceived[] {
    return this.#received;
  }

  /** WebSocket ping frames that came in. */
  get pings(): number {
    return this.#pings;
  }

  /** WebSocket pong frames that came in. */
  get pongs(): number {
    return this.#pongs;
  }

  /** The topics that any open connection is subscribed to; each connection has its own `subscriptions`. */
  get subscriptions(): ReadonlySet<string> {
    return new Set(this.connections.flatMap(({ subscriptions }) => [...subscriptions]));
  }

  /**
   * Resolves as soon as `probe` returns something else than `undefined` or false, with that. It is asked at once and
   * after everything that this server sees.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
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
   * Resolves with the `count`-th connection of this server's life as soon as it is accepted. Default: the first.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
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
   * Resolves when `count` upgrade requests came in, refused ones included.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
   */
  async waitForUpgrade(count = 1, options?: MockWaitOptions): Promise<void> {
    await this.waitFor(`upgrade request ${count}`, () => this.upgradeAttempts >= count, options);
  }

  /**
   * Resolves with the first message that matches; without `match`, with the first one at all.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
   * @example
   * ```ts
   * const { connection } = await server.waitForMessage('"op":"subscribe"');
   * const next = await server.waitForMessage((text) => text.includes('order'), { from: server.received.length });
   * ```
   */
  async waitForMessage(match?: MockMatch, options: MockMessageWaitOptions = {}): Promise<MockReceived> {
    const fits = ({ data, connection }: MockReceived): boolean =>
      match === undefined || (typeof data === 'string' && matches(match, data, connection));
    // Where the search goes on: none is looked at twice.
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
   * Resolves when `count` WebSocket pings came in.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
   */
  async waitForPing(count = 1, options?: MockWaitOptions): Promise<void> {
    await this.waitFor(`ping ${count}`, () => this.#pings >= count, options);
  }

  /**
   * Resolves when the `count`-th connection has ended, counted in the order of their ends, and tells how. Default: the
   * first. For one certain connection there is `connection.closed`.
   *
   * @throws Error when the time is over, or when the server is closed meanwhile
   */
  async waitForClose(count = 1, options?: MockWaitOptions): Promise<MockClose> {
    return this.waitFor(`the end of connection ${count}`, () => this.#closes[count - 1], options);
  }

  /**
   * Resolves when no TCP connection is open any more, half-made ones included.
   *
   * @throws Error when the time is over
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
