import { createHmac } from 'node:crypto';
import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { BybitMarket } from './bybit-market.js';

/** What spot accepts in one frame. */
const MAX_TOPICS = 10;
const PRIVATE_TOPICS = /^(?:order|execution|position)(?:\.(?:spot|linear|inverse|option))?$|^wallet$|^greeks$/;

export interface BybitServerOptions {
  /** The customer's key. Without it nobody can log in or place an order. */
  readonly keys?: { readonly apiKey: string; readonly secret: string };
  /**
   * Milliseconds between two moves of the markets.
   * @default 0: they move with `tick()` only, so that a test decides
   */
  readonly tickInterval?: number;
  /**
   * What the customer owns, in USDT. An order that costs more is refused.
   * @default 10000
   */
  readonly balance?: number;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default Date.now */
  readonly now?: () => number;
}

/** A frame of a customer. */
interface Request {
  readonly req_id?: string;
  readonly reqId?: string;
  readonly op?: string;
  readonly args?: readonly unknown[];
  readonly header?: Readonly<Record<string, string>>;
}

/** The members of an answer of the trade address. */
interface Verdict {
  readonly retCode: number;
  readonly retMsg: string;
  readonly data?: object;
}

/**
 * Bybit v5 on the loopback interface: market data (`/v5/public/linear`, `/v5/public/spot`, `/v5/public/option`), the account
 * (`/v5/private`) and orders (`/v5/trade`). It speaks the venue's words and keeps the venue's limits; a test steers the rest.
 */
export class BybitServer {
  /** The server below, for drops, refused upgrades and what was received. */
  readonly server: MockWebSocketServer;
  readonly urls: { readonly [name in 'linear' | 'spot' | 'option' | 'private' | 'trade']: string };
  readonly markets: readonly BybitMarket[];
  readonly #keys: BybitServerOptions['keys'];
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Connections to a service that restarts. */
  readonly #old = new WeakSet<MockConnection>();
  readonly #requestIds = new WeakMap<MockConnection, Set<string>>();
  #balance: number;
  #orders = 0;
  #limited = 0;
  #failing = 0;

  private constructor(server: MockWebSocketServer, options: BybitServerOptions) {
    const { balance = 10_000, keys, now = Date.now, random = Math.random, tickInterval = 0 } = options;
    this.server = server;
    this.#keys = keys;
    this.#now = now;
    this.#balance = balance;
    const at = (path: string) => `${server.url}/v5/${path}`;
    this.urls = {
      linear: at('public/linear'),
      spot: at('public/spot'),
      option: at('public/option'),
      private: at('private'),
      trade: at('trade'),
    };
    const market = (symbol: string, price: number, tick: number) => new BybitMarket(symbol, price, tick, random, now);
    this.markets = [
      market('BTCUSDT', 91_234.5, 0.1),
      market('ETHUSDT', 3_100.1, 0.01),
      market('SOLUSDT', 148.3, 0.01),
      market('BTC-25DEC26-100000-C', 420, 5),
    ];
    server.onConnection((connection) => {
      connection.authenticated = false;
    });
    server.onMessage((connection, text) => this.#take(connection, JSON.parse(text) as Request));
    if (tickInterval > 0) this.#timer = setInterval(() => this.tick(), tickInterval);
  }

  static async start(options: BybitServerOptions = {}): Promise<BybitServer> {
    return new BybitServer(await MockWebSocketServer.start({ exchange: false }), options);
  }

  /** Every market moves once, and every subscriber learns what happened. */
  tick(): void {
    for (const market of this.markets) {
      const news = market.step();
      for (const connection of this.server.connections) {
        for (const topic of connection.subscriptions) send(connection, news(topic));
      }
    }
  }

  /** The service of the market data restarts: books count from 1 again, and each subscriber gets a snapshot. */
  restartBooks(): void {
    for (const market of this.markets) {
      market.restart();
      for (const connection of this.server.connections) {
        for (const topic of connection.subscriptions) {
          if (topic.startsWith('orderbook.')) send(connection, market.snapshot(topic));
        }
      }
    }
  }

  /** The service of the orders restarts: the present connections are told so with the next order, new ones are served. */
  restartTrading(): void {
    for (const connection of this.server.connections) this.#old.add(connection);
  }

  /** The next orders are refused, because there were too many. */
  limitOrders(count: number): void {
    this.#limited = count;
  }

  /** The next order is taken, and the venue answers that something went wrong. */
  failNextOrder(): void {
    this.#failing++;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.server.close();
  }

  #take(connection: MockConnection, request: Request): void {
    const { path } = connection;
    if (request.op === 'ping') return send(connection, pong(path, request, this.#now()));
    if (path.startsWith('/v5/trade')) return this.#takeTrade(connection, request);
    if (request.op === 'auth') {
      const error = this.#login(connection, request);
      return send(connection, { ...plain(request), success: !error, ret_msg: error?.retMsg ?? '' });
    }
    this.#takeSubscription(connection, request);
  }

  // ——— Subscriptions ———

  #takeSubscription(connection: MockConnection, request: Request): void {
    const topics = (request.args ?? []).map(String);
    const { op } = request;
    const answer = (ret_msg: string, success = false) => send(connection, { ...plain(request), success, ret_msg });
    if (op !== 'subscribe' && op !== 'unsubscribe') return answer('error:invalid op');
    if (connection.path.endsWith('/option')) return this.#takeOptions(connection, op, topics);
    const isSpot = connection.path.endsWith('/spot');
    if (isSpot && topics.length > MAX_TOPICS) return answer('args size >10');
    if (op === 'unsubscribe') {
      for (const topic of topics) connection.subscriptions.delete(topic);
      return answer('', true);
    }
    // One bad topic is the end of the whole frame.
    const bad = topics.find((topic) => !this.#has(connection, topic));
    if (bad !== undefined) return answer(`error:handler not found,topic:${bad}`);
    const present = topics.find((topic) => connection.subscriptions.has(topic));
    if (present !== undefined) return answer(`error:already subscribed,topic:${present}`);
    answer(isSpot ? 'subscribe' : '', true);
    this.#open(connection, topics);
  }

  /** Options are confirmed with lists, without an operation and without an id. */
  #takeOptions(connection: MockConnection, op: string, topics: readonly string[]): void {
    const successTopics = topics.filter((topic) => this.#has(connection, topic));
    const failTopics = topics.filter((topic) => !successTopics.includes(topic));
    send(connection, { success: true, conn_id: 'aa01fbff', data: { failTopics, successTopics }, type: 'COMMAND_RESP' });
    if (op === 'subscribe') this.#open(connection, successTopics);
    else for (const topic of topics) connection.subscriptions.delete(topic);
  }

  #open(connection: MockConnection, topics: readonly string[]): void {
    for (const topic of topics) {
      connection.subscriptions.add(topic);
      for (const market of this.markets) send(connection, market.snapshot(topic));
    }
  }

  #has({ authenticated, path }: MockConnection, topic: string): boolean {
    if (path === '/v5/private') return authenticated && PRIVATE_TOPICS.test(topic);
    return this.markets.some((market) => market.has(topic));
  }

  // ——— Login and orders ———

  #login(connection: MockConnection, { args = [] }: Request): Verdict | undefined {
    const [apiKey, expires, signature] = args;
    if (connection.authenticated) return { retCode: 20_001, retMsg: 'Repeat auth' };
    if (Number(expires) <= this.#now()) return { retCode: 10_002, retMsg: 'request expired' };
    if (!this.#keys || apiKey !== this.#keys.apiKey) return { retCode: 33_004, retMsg: 'API key is invalid.' };
    const right = createHmac('sha256', this.#keys.secret).update(`GET/realtime${expires}`).digest('hex');
    if (signature !== right) return { retCode: 10_004, retMsg: 'Invalid sign' };
    connection.authenticated = true;
    return undefined;
  }

  #takeTrade(connection: MockConnection, request: Request): void {
    const { op, reqId } = request;
    const ok = { retCode: 0, retMsg: 'OK' };
    const isLogin = op === 'auth';
    const verdict = isLogin ? (this.#login(connection, request) ?? ok) : this.#order(connection, request);
    const rest = isLogin ? {} : { retExtInfo: {}, header: { Timenow: String(this.#now()) } };
    send(connection, { reqId, ...verdict, op, ...rest, connId: 'cnt5leec0hvan15eukcg-2v' });
  }

  #order(connection: MockConnection, { args = [], header, op, reqId = '' }: Request): Verdict {
    const refuse = (retCode: number, retMsg: string) => ({ retCode, retMsg, data: {} });
    if (this.#old.has(connection)) return refuse(10_019, 'ws trade service is restarting');
    if (!connection.authenticated) return refuse(10_005, 'Permission denied.');
    if (this.#limited > 0 && this.#limited--) return refuse(10_006, 'Too many visits. Exceeded the API Rate Limit.');
    const known = this.#requestIds.get(connection) ?? new Set();
    this.#requestIds.set(connection, known);
    if (known.has(reqId)) return refuse(20_006, 'reqId is duplicated');
    known.add(reqId);
    const age = this.#now() - Number(header?.['X-BAPI-TIMESTAMP']);
    if (!(age <= Number(header?.['X-BAPI-RECV-WINDOW'])))
      return refuse(10_002, 'The request time exceeds the time window.');
    const order = args[0] as Readonly<Record<string, string>>;
    const market = this.markets.find(({ symbol }) => symbol === order.symbol);
    if (!market) return refuse(10_001, 'params error: symbol invalid');
    if (op !== 'order.create') return refuse(10_404, `op type is not found: ${op}`);
    const cost = Number(order.qty) * Number(order.price ?? market.price);
    if (!(cost <= this.#balance)) return refuse(170_131, 'Insufficient balance.');
    this.#balance -= cost;
    const orderId = `a4c1718e-fe53-4659-a118-${String(++this.#orders).padStart(12, '0')}`;
    this.#tell({ ...order, orderId });
    if (this.#failing > 0 && this.#failing--) return refuse(10_016, 'internal server error');
    return { retCode: 0, retMsg: 'OK', data: { orderId, orderLinkId: order.orderLinkId ?? '' } };
  }

  /** The account learns of an order, even where the answer to it goes wrong. */
  #tell(order: Readonly<Record<string, string>>): void {
    const creationTime = this.#now();
    const news = {
      orderLinkId: '',
      price: '0',
      timeInForce: 'GTC',
      ...order,
      leavesQty: order.qty,
      orderStatus: 'New',
      cumExecQty: '0',
      avgPrice: '',
      rejectReason: 'EC_NoError',
      createdTime: String(creationTime),
      updatedTime: String(creationTime),
    };
    for (const connection of this.server.connections) {
      for (const topic of connection.subscriptions) {
        if (topic !== 'order' && topic !== `order.${order.category}`) continue;
        send(connection, { id: `592324${order.orderId}`, topic, creationTime, data: [news] });
      }
    }
  }
}

/** Starts the scripted venue. */
export const startBybitServer = BybitServer.start;

function send(connection: MockConnection, frame: object | undefined): void {
  if (frame) connection.send(JSON.stringify(frame));
}

/** What an answer of the public and private addresses repeats of its request. */
function plain({ op, req_id }: Request): object {
  return { conn_id: 'd1a2b3c4e5f6g7h8i9j0-4k2', ...(req_id !== undefined && { req_id }), op };
}

/** Each kind of address has a pong of its own. */
function pong(path: string, request: Request, now: number): object {
  if (path.endsWith('/trade')) return { retCode: 0, retMsg: 'OK', op: 'pong', data: [String(now)], connId: 'cnt5leec' };
  if (path.endsWith('/option')) return { args: [String(now)], op: 'pong' };
  if (path.endsWith('/private')) return { req_id: request.req_id, op: 'pong', args: [String(now)] };
  return { success: true, ret_msg: 'pong', ...plain(request) };
}
