import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Direction } from 'hpx-transport-ws/testing';
import { type CutStyle, ProxiedLink } from './proxied-link.js';
import type { LineConditions } from './proxy-pipe.js';

const HOST = '127.0.0.1';

/** What becomes of a new connection: it is passed on; it is taken and never served; it is taken and reset. */
export type ProxyAdmission = 'forward' | 'hang' | 'reset';

/**
 * A TCP proxy on loopback with every fault at hand that the line between a client and a server may have. It knows nothing
 * of WebSockets: what it does to the bytes is what a real network does.
 *
 * @example
 * ```ts
 * const proxy = await FaultProxy.start(server.port);
 * const client = await WebSocketClient.connect({ url: proxy.url }, handler);
 * proxy.last.blackHole('to-client'); // the server is mute, and the client's heartbeat has to notice
 * proxy.cut(); // every connection ends
 * proxy.refuse(); // the port is closed
 * await proxy.accept();
 * ```
 */
export class FaultProxy {
  /** Of new connections. */
  admission: ProxyAdmission = 'forward';
  readonly #target: number;
  readonly #links = new Set<ProxiedLink>();
  /** Connections that were taken and are not served. */
  readonly #hanging = new Set<Socket>();
  readonly #waits = new Set<() => void>();
  #conditions: LineConditions = { latency: 0, rate: Infinity };
  #flaps: { bytes: number; direction: 'to-server' | 'to-client'; style: CutStyle; times: number } | undefined;
  #server: Server | undefined;
  #port = 0;
  #accepted = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** @param target - the port on loopback to which connections are passed on */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.#listen(0);
    return proxy;
  }

  /** Stays the same over `refuse()` and `accept()`. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `ws://${HOST}:${this.#port}`;
  }

  /** Connections that are open, oldest first. */
  get links(): readonly ProxiedLink[] {
    return [...this.#links].filter(({ isOpen }) => isOpen);
  }

  /** @throws Error where no connection is open */
  get last(): ProxiedLink {
    const link = this.links.at(-1);
    if (!link) throw new Error('No connection goes through this proxy now.');
    return link;
  }

  /** Connections taken so far, whatever became of them. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resolves when so many connections have been taken. */
  async untilAccepted(count: number): Promise<void> {
    while (this.#accepted < count) await new Promise<void>((resolve) => this.#waits.add(resolve));
  }

  /** Resolves when no connection is open. */
  async untilIdle(): Promise<void> {
    while (this.#links.size + this.#hanging.size > 0) await new Promise<void>((resolve) => this.#waits.add(resolve));
  }

  // ——— What befalls every connection, the present ones and those to come ———

  /** Latency, throttle, or both; without arguments, neither. */
  slow({ latency = 0, rate = Infinity }: Partial<LineConditions> = {}): void {
    this.#conditions = { latency, rate };
    for (const link of this.#links) link.conditions = this.#conditions;
  }

  /** The next connections are cut, each when so many bytes have passed. */
  flap(
    times: number,
    bytes: number,
    direction: 'to-server' | 'to-client' = 'to-client',
    style: CutStyle = 'end',
  ): void {
    this.#flaps = { bytes, direction, style, times };
  }

  // ——— What befalls the connections that are open ———

  cut(): void {
    for (const link of this.links) link.cut();
  }

  reset(): void {
    for (const link of this.links) link.reset();
  }

  blackHole(direction?: Direction): void {
    for (const link of this.links) link.blackHole(direction);
  }

  stall(direction?: Direction): void {
    for (const link of this.links) link.stall(direction);
  }

  release(direction?: Direction): void {
    for (const link of this.links) link.release(direction);
  }

  // ——— Its own life ———

  /** Stops listening: the system refuses new connections. Open ones live on. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Listens again, on the same port. Does nothing while it listens. */
  async accept(): Promise<void> {
    this.admission = 'forward';
    if (!this.#server) await this.#listen(this.#port);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.refuse();
    for (const socket of this.#hanging) socket.destroy();
    for (const link of this.#links) link.cut();
    await this.untilIdle();
  }

  async #listen(port: number): Promise<void> {
    // Half-closed connections are ours to pass on.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#take(socket));
    this.#server = server;
    server.listen(port, HOST);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  #take(client: Socket): void {
    if (this.admission === 'reset') client.resetAndDestroy();
    else if (this.admission === 'hang') this.#hold(client);
    else this.#forward(client);
    this.#accepted++;
    this.#changed();
  }

  /** Reads on, to notice when the client gives up. */
  #hold(client: Socket): void {
    this.#hanging.add(client);
    client.on('error', () => {}); // 'close' follows
    client.on('end', () => client.destroy());
    client.on('close', () => {
      this.#hanging.delete(client);
      this.#changed();
    });
    client.resume();
  }

  #forward(client: Socket): void {
    const server = connect({ port: this.#target, host: HOST, allowHalfOpen: true, noDelay: true });
    const link = new ProxiedLink(client, server, this.#conditions, (gone) => {
      this.#links.delete(gone);
      this.#changed();
    });
    this.#links.add(link);
    if (this.#flaps && this.#flaps.times-- > 0) {
      const { bytes, direction, style } = this.#flaps;
      link.cutAfter(bytes, direction, style);
    }
  }

  #changed(): void {
    const waits = [...this.#waits];
    this.#waits.clear();
    for (const wait of waits) wait();
  }
}
