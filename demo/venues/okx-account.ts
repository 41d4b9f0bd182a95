import { createHmac } from 'node:crypto';

/** The credentials that the venue knows of its only customer. */
export interface OkxKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** The venue refuses something, in its own words. */
export interface OkxRefusal {
  readonly code: string;
  readonly msg: string;
}

type Members = Readonly<Record<string, unknown>>;

interface Order {
  readonly instId: string;
  readonly ordId: string;
  readonly clOrdId: string;
  readonly side: string;
  readonly ordType: string;
  readonly px: string;
  readonly sz: string;
  state: 'live' | 'canceled';
}

/** Milliseconds after which a login is too old. */
const LOGIN_LIFETIME = 30_000;
/** The codes that replaced names in orders. */
const INSTRUMENTS: Readonly<Record<string, string>> = { 1000000000: 'BTC-USDT', 1000000001: 'ETH-USDT' };

/** The account of one customer: the check of logins, a balance, orders that rest in the book. */
export class OkxAccount {
  readonly #keys: OkxKeys | undefined;
  readonly #now: () => number;
  readonly #orders = new Map<string, Order>();
  /** USDT. Each buy order locks its value. */
  #free = 1_000;
  /** Numbers that JavaScript cannot hold, which the venue sends as texts. */
  #nextId = 312_269_865_356_374_017n;

  constructor(keys: OkxKeys | undefined, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** What is wrong with a login; nothing if it is right. */
  refuseLogin({ apiKey, passphrase, timestamp, sign }: Members): OkxRefusal | undefined {
    const keys = this.#keys;
    if (!keys || apiKey !== keys.apiKey) return { code: '60005', msg: 'Invalid apiKey' };
    if (Math.abs(this.#now() - Number(timestamp) * 1_000) > LOGIN_LIFETIME) {
      return { code: '60006', msg: 'Timestamp request expired' };
    }
    const signed = createHmac('sha256', keys.secret).update(`${timestamp}GET/users/self/verify`).digest('base64');
    if (sign !== signed) return { code: '60007', msg: 'Invalid sign' };
    return passphrase === keys.passphrase ? undefined : { code: '60024', msg: 'Wrong passphrase' };
  }

  /** Places an order. `event` is what the channel `orders` says of it; a refused order has none. */
  place(args: Members): { answer: object; event?: object } {
    const { clOrdId = '', ordType, px = '0', side, sz = '0' } = args;
    const instId = args.instIdCode === undefined ? String(args.instId) : INSTRUMENTS[String(args.instIdCode)];
    if (!instId) return { answer: this.#answer(String(clOrdId), '', '51001', "Instrument ID doesn't exist.") };
    const value = Number(px) * Number(sz);
    if (value > this.#free) {
      const words = 'Order failed. Insufficient USDT balance in account';
      return { answer: this.#answer(String(clOrdId), '', '51008', words) };
    }
    this.#free -= value;
    const ordId = String(this.#nextId++);
    const texts = { side: String(side), ordType: String(ordType), px: String(px), sz: String(sz) };
    const order: Order = { instId, ordId, clOrdId: String(clOrdId), ...texts, state: 'live' };
    this.#orders.set(ordId, order);
    return { answer: this.#answer(order.clOrdId, ordId), event: this.#event(order) };
  }

  cancel(args: Members): { answer: object; event?: object } {
    const order = [...this.#orders.values()].find(
      ({ ordId, clOrdId }) => ordId === args.ordId || (args.ordId === undefined && clOrdId === args.clOrdId),
    );
    if (order?.state !== 'live') {
      const words = 'Order cancellation failed as the order has been filled, canceled or does not exist.';
      return { answer: this.#answer(String(args.clOrdId ?? ''), String(args.ordId ?? ''), '51400', words) };
    }
    order.state = 'canceled';
    this.#free += Number(order.px) * Number(order.sz);
    return { answer: this.#answer(order.clOrdId, order.ordId), event: this.#event(order) };
  }

  /** The pages of the snapshot of the channel `account`. */
  get pages(): object[] {
    const uTime = String(this.#now());
    const page = (ccy: string, balance: string) => ({
      uTime,
      totalEq: this.#free.toFixed(2),
      details: [{ ccy, cashBal: balance, availBal: balance }],
    });
    return [page('USDT', this.#free.toFixed(2)), page('BTC', '0.5')];
  }

  #answer(clOrdId: string, ordId: string, sCode = '0', sMsg = ''): object {
    return { clOrdId, ordId, tag: '', ts: String(this.#now()), sCode, sMsg };
  }

  #event(order: Order): object {
    const uTime = String(this.#now());
    return { instType: 'SPOT', ...order, accFillSz: '0', avgPx: '0', code: '0', msg: '', uTime };
  }
}
