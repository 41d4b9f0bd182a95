import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { OkxAccount, type OkxKeys, type OkxRefusal } from './okx-account.js';
import { OkxMarket } from './okx-market.js';

const HOUR = 3_600_000;
const MARKET_CHANNELS = /^(?:tickers|trades|trades-all|books|books5|bbo-tbt|candle1m)$/;
const PRIVATE_CHANNELS = /^(?:account|orders)$/;
const ID = /^[0-9A-Za-z]{0,32}$/;

export interface OkxServerOptions {
  /** The customer's credentials. Without them nobody can log in. */
  readonly keys?: OkxKeys;
  /**
   * Milliseconds between two moves of the markets.
   * @default 0: they move with `tick()` only, so that a test decides
   */
  readonly tickInterval?: number;
  /**
   * Subscribe, unsubscribe and login frames in an hour on one connection.
   * @default 480, as at the venue
   */
  readonly framesPerHour?: number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default Date.now */
  readonly now?: () => number;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * OKX v5 on the loopback interface: market data at `/ws/v5/public` and `/ws/v5/business`, account and orders at
 * `/ws/v5/private`. It speaks the venue's words and keeps the venue's limits; a test steers the rest.
 */
export class OkxServer {
  /** The server below, for drops, refused upgrades and what was received. */
  readonly server: MockWebSocketServer;
  readonly urls: { readonly public: string; readonly private: string; readonly business: string };
  readonly markets: readonly OkxMarket[];
  readonly #account: OkxAccount;
  readonly #now: () => number;
  readonly #framesPerHour: number;
  readonly #timer: NodeJS.Timeout | undefined;
  /** The args of each connection, by their text. */
  readonly #args = new WeakMap<MockConnection, Map<string, Members>>();
  /** Arrivals of subscribe, unsubscribe and login frames within the last hour. */
  readonly #arrivals = new WeakMap<MockConnection, number[]>();

  private constructor(server: MockWebSocketServer, options: OkxServerOptions) {
    const { framesPerHour = 480, keys, random = Math.random, tickInterval = 0 } = options;
    this.#now = options.now ?? Date.now;
    this.#framesPerHour = framesPerHour;
    this.server = server;
    const url = (endpoint: string) => `${server.url}/ws/v5/${endpoint}`;
    this.urls = { public: url('public'), private: url('private'), business: url('business') };
    const market = (instId: string, price: number, tick: number) =>
      new OkxMarket(instId, price, tick, random, this.#now);
    this.markets = [
      market('BTC-USDT', 91_234.5, 0.1),
      market('ETH-USDT', 3_100.1, 0.01),
      market('SOL-USDT', 148.3, 0.01),
    ];
    this.#account = new OkxAccount(keys, this.#now);
    server.onConnection((connection) => {
      connection.authenticated = false;
    });
    server.onMessage((connection, text) => this.#take(connection, text));
    if (tickInterval > 0) this.#timer = setInterval(() => this.tick(), tickInterval);
  }

  static async start(options: OkxServerOptions = {}): Promise<OkxServer> {
    return new OkxServer(await MockWebSocketServer.start({ exchange: false }), options);
  }

  /** Every market moves once, and every subscriber of a channel gets what happened. */
  tick(): void {
    for (const market of this.markets) market.step();
    this.publish();
  }

  /** Every subscriber gets the state of its market. */
  publish(): void {
    for (const connection of this.server.connections) {
      for (const arg of this.#argsOf(connection).values()) this.#push(connection, arg);
    }
  }

  /** The venue announces that it will end the connections for an upgrade. */
  announceUpgrade(): void {
    const msg = 'The connection will soon be closed for a service upgrade. Please reconnect.';
    for (const connection of this.server.connections) {
      connection.send({ event: 'notice', code: '64008', msg, connId: connIdOf(connection) });
    }
  }

  /** Too many connections have a channel: this one loses it. */
  revoke(channel: string): void {
    for (const connection of this.server.connections) {
      const args = this.#argsOf(connection);
      for (const [text, arg] of args) if (arg.channel === channel) args.delete(text);
      connection.send({ event: 'channel-conn-count-error', channel, connCount: '30', connId: connIdOf(connection) });
    }
  }

  /** Sessions end, and the venue says so when the next private channel is asked for. */
  endSessions(): void {
    for (const connection of this.server.connections) connection.authenticated = false;
  }

  /** The venue saw no message for 30 seconds. */
  closeIdle(): void {
    this.server.closeAll(4004, 'No data received in 30s.');
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }

  #take(connection: MockConnection, text: string): void {
    if (text === 'ping') return connection.send('pong');
    const frame = parse(text);
    const { id, op } = frame;
    if (id !== undefined && !ID.test(String(id))) return this.#refuse(connection, illegal(text));
    const args = Array.isArray(frame.args) ? (frame.args as Members[]) : [];
    switch (op) {
      case 'subscribe':
      case 'unsubscribe':
      case 'login':
        if (this.#isTooFast(connection)) return this.#refuse(connection, TOO_FREQUENT, id);
        if (op === 'login') return this.#login(connection, args[0] ?? {});
        for (const arg of args) this.#change(connection, op, arg, id);
        return;
      case 'order':
      case 'batch-orders':
      case 'cancel-order':
      case 'batch-cancel-orders':
        return this.#operate(connection, op, args, id);
      default:
        return this.#refuse(connection, illegal(text));
    }
  }

  /** The venue counts in a rolling window. */
  #isTooFast(connection: MockConnection): boolean {
    const now = this.#now();
    const arrivals = [...(this.#arrivals.get(connection) ?? []), now].filter((time) => time > now - HOUR);
    this.#arrivals.set(connection, arrivals);
    return arrivals.length > this.#framesPerHour;
  }

  #login(connection: MockConnection, args: Members): void {
    const refusal = connection.authenticated ? REPEATED_LOGIN : this.#account.refuseLogin(args);
    if (refusal) return this.#refuse(connection, refusal);
    connection.authenticated = true;
    connection.send({ event: 'login', msg: '', code: '0', connId: connIdOf(connection) });
  }

  #change(connection: MockConnection, op: 'subscribe' | 'unsubscribe', given: Members, id: unknown): void {
    const { extraParams: _, ...arg } = given;
    const channel = String(arg.channel);
    const market = this.markets.find(({ instId }) => instId === arg.instId);
    const isPrivate = PRIVATE_CHANNELS.test(channel);
    // As recorded, these errors have no id.
    if (!isPrivate && !(market && MARKET_CHANNELS.test(channel))) return this.#refuse(connection, absent(arg));
    if (isPrivate && !connection.authenticated) return this.#refuse(connection, PLEASE_LOG_IN);
    const args = this.#argsOf(connection);
    const text = JSON.stringify(Object.entries(arg).sort());
    connection.send({ ...(id !== undefined && { id }), event: op, arg, connId: connIdOf(connection) });
    if (op === 'unsubscribe') {
      args.delete(text);
      return;
    }
    args.set(text, arg);
    if (channel === 'books') connection.send({ arg, action: 'snapshot', data: [market?.snapshot] });
    if (channel === 'account') this.#sendAccount(connection, arg);
    if (isPrivate) {
      connection.send({ event: 'channel-conn-count', channel, connCount: '1', connId: connIdOf(connection) });
    }
  }

  #sendAccount(connection: MockConnection, arg: Members): void {
    const { pages } = this.#account;
    for (const [index, page] of pages.entries()) {
      const more = { eventType: 'snapshot', curPage: index + 1, lastPage: index + 1 === pages.length };
      connection.send({ arg: { ...arg, uid: UID }, ...more, data: [page] });
    }
  }

  #push(connection: MockConnection, arg: Members): void {
    const market = this.markets.find(({ instId }) => instId === arg.instId);
    const data = market?.dataOf(String(arg.channel));
    if (!data) return;
    connection.send({ arg, ...(arg.channel === 'books' && { action: 'update' }), data: [data] });
  }

  #operate(connection: MockConnection, op: string, args: readonly Members[], id: unknown): void {
    const inTime = `${this.#now()}000`;
    const respond = (code: string, data: readonly object[], msg = '') =>
      connection.send({ id, op, data, code, msg, inTime, outTime: `${this.#now()}000` });
    if (!connection.authenticated) return respond('60011', [], 'Please log in');
    if (args.length === 0) return respond('60013', [], 'Invalid args');
    const done = args.map((one) => (op.includes('cancel') ? this.#account.cancel(one) : this.#account.place(one)));
    const taken = done.filter(({ event }) => event !== undefined);
    const code = taken.length === done.length ? '0' : taken.length > 0 ? '2' : '1';
    respond(
      code,
      done.map(({ answer }) => answer),
    );
    for (const { event } of taken) this.#tellOrder(event as Members);
  }

  #tellOrder(event: Members): void {
    for (const connection of this.server.connections) {
      for (const arg of this.#argsOf(connection).values()) {
        const isMeant = arg.channel === 'orders' && (arg.instId === undefined || arg.instId === event.instId);
        if (isMeant) connection.send({ arg: { ...arg, uid: UID }, data: [event] });
      }
    }
  }

  #argsOf(connection: MockConnection): Map<string, Members> {
    const known = this.#args.get(connection) ?? new Map<string, Members>();
    this.#args.set(connection, known);
    return known;
  }

  #refuse(connection: MockConnection, { code, msg }: OkxRefusal, id?: unknown): void {
    connection.send({ ...(id !== undefined && { id }), event: 'error', msg, code, connId: connIdOf(connection) });
  }
}

/** Starts the scripted venue. */
export const startOkxServer = OkxServer.start;

const UID = '614488474791936';
const TOO_FREQUENT: OkxRefusal = { code: '60014', msg: 'Requests too frequent' };
const PLEASE_LOG_IN: OkxRefusal = { code: '60011', msg: 'Please log in' };
const REPEATED_LOGIN: OkxRefusal = {
  code: '60031',
  msg: 'The WebSocket endpoint does not allow multiple or repeated logins.',
};

function absent(arg: Members): OkxRefusal {
  const names = Object.entries(arg).map(([name, value]) => `${name}:${value}`);
  const words = "doesn't exist. Please use the correct URL, channel and parameters referring to API document.";
  return { code: '60018', msg: `Wrong URL or ${names.join(',')} ${words}` };
}

function illegal(text: string): OkxRefusal {
  return { code: '60012', msg: `Illegal request: ${text}` };
}

function connIdOf({ index }: MockConnection): string {
  return (0xa4d3ae55 + index).toString(16);
}

function parse(text: string): Members {
  try {
    return JSON.parse(text) as Members;
  } catch {
    return {};
  }
}
