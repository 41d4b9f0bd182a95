import { createHmac, verify } from 'node:crypto';

/** The keys that the venue knows of its only customer. */
export interface BinanceKeys {
  readonly apiKey: string;
  /** The secret of an HMAC key. */
  readonly secret?: string;
  /** The public half of an Ed25519 or RSA key, SPKI in PEM. */
  readonly publicKey?: string;
}

/** The venue refuses a request, in its own words. */
export class BinanceRefusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly data: object | undefined;

  constructor(status: number, code: number, message: string, data?: object) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }
}

interface Order {
  readonly symbol: string;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly side: string;
  readonly type: string;
  readonly timeInForce: string;
  readonly price: string;
  readonly origQty: string;
  status: 'NEW' | 'CANCELED';
}

type Params = Readonly<Record<string, unknown>>;

const WRONG_KEY = 'Invalid API-key, IP, or permissions for action.';
/** Milliseconds. */
const DEFAULT_WINDOW = 5_000;

/** The account of one customer: the check of signatures, a balance, orders that rest in the book. */
export class BinanceAccount {
  readonly #keys: BinanceKeys | undefined;
  readonly #now: () => number;
  readonly #orders = new Map<bigint, Order>();
  /** Each sell order locks its quantity. */
  #free = 1;
  #nextId: bigint;

  constructor(keys: BinanceKeys | undefined, firstOrderId: bigint, now: () => number) {
    this.#keys = keys;
    this.#nextId = firstOrderId;
    this.#now = now;
  }

  /** @throws BinanceRefusal for a wrong key, signature or time */
  check(params: Params, isLoggedOn: boolean): void {
    this.#checkTime(params);
    if (isLoggedOn && params.signature === undefined) return;
    const { apiKey, signature } = params;
    if (signature === undefined) {
      throw new BinanceRefusal(
        400,
        -1102,
        "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
      );
    }
    if (!this.#keys || apiKey !== this.#keys.apiKey) throw new BinanceRefusal(401, -2015, WRONG_KEY);
    const text = Object.keys(params)
      .filter((name) => name !== 'signature')
      .sort()
      .map((name) => `${name}=${params[name]}`)
      .join('&');
    if (!this.#isSigned(text, String(signature))) {
      throw new BinanceRefusal(400, -1022, 'Signature for this request is not valid.');
    }
  }

  /** @throws BinanceRefusal for a key that is not Ed25519 */
  checkLogon(): void {
    const key = this.#keys?.publicKey;
    if (!key || key.length > 200) throw new BinanceRefusal(400, -4056, 'HMAC_SHA256 API key is not supported.');
  }

  /** @throws BinanceRefusal if the balance is too small */
  place(params: Params): { answer: object; event: object } {
    const { price = '0', quantity = '0', side, symbol, timeInForce = 'GTC', type } = params;
    const size = Number(quantity);
    if (size > this.#free)
      throw new BinanceRefusal(400, -2010, 'Account has insufficient balance for requested action.');
    this.#free -= size;
    const orderId = this.#nextId++;
    const order: Order = {
      symbol: String(symbol),
      orderId,
      clientOrderId: String(params.newClientOrderId ?? `web_${orderId}`),
      side: String(side),
      type: String(type),
      timeInForce: String(timeInForce),
      price: String(price),
      origQty: String(quantity),
      status: 'NEW',
    };
    this.#orders.set(orderId, order);
    return { answer: this.#answer(order), event: this.#report(order) };
  }

  /** @throws BinanceRefusal for an order that does not rest in the book */
  cancel(params: Params): { answer: object; event: object } {
    const order = this.#find(params);
    if (order.status !== 'NEW') throw new BinanceRefusal(400, -2011, 'Unknown order sent.');
    order.status = 'CANCELED';
    this.#free += Number(order.origQty);
    const answer = { ...this.#answer(order), origClientOrderId: order.clientOrderId };
    return { answer, event: this.#report(order) };
  }

  /** @throws BinanceRefusal for an unknown order */
  state(params: Params): object {
    return { ...this.#answer(this.#find(params)), isWorking: true };
  }

  get balances(): object[] {
    return [{ asset: 'BTC', free: this.#free.toFixed(8), locked: (1 - this.#free).toFixed(8) }];
  }

  get position(): object {
    const balance = { a: 'BTC', f: this.#free.toFixed(8), l: (1 - this.#free).toFixed(8) };
    return { e: 'outboundAccountPosition', E: this.#now(), u: this.#now(), B: [balance] };
  }

  #find({ orderId, origClientOrderId }: Params): Order {
    const order =
      orderId === undefined
        ? [...this.#orders.values()].find(({ clientOrderId }) => clientOrderId === origClientOrderId)
        : this.#orders.get(BigInt(orderId as string | number));
    if (!order) throw new BinanceRefusal(400, -2013, 'Order does not exist.');
    return order;
  }

  #answer(order: Order): object {
    const time = this.#now();
    return {
      ...order,
      orderListId: -1,
      transactTime: time,
      executedQty: '0.00000000',
      origQuoteOrderQty: '0.000000',
      cummulativeQuoteQty: '0.00000000',
      workingTime: time,
      selfTradePreventionMode: 'NONE',
    };
  }

  #report(order: Order): object {
    return {
      e: 'executionReport',
      E: this.#now(),
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: order.origQty,
      p: order.price,
      x: order.status,
      X: order.status,
      i: order.orderId,
      l: '0.00000000',
      z: '0.00000000',
      L: '0.00000000',
      n: '0',
      N: null,
      T: this.#now(),
      t: -1,
      I: 8_641_984,
      w: order.status === 'NEW',
      m: false,
    };
  }

  #checkTime({ recvWindow = DEFAULT_WINDOW, timestamp }: Params): void {
    const age = this.#now() - Number(timestamp);
    if (Number.isNaN(age)) {
      throw new BinanceRefusal(
        400,
        -1102,
        "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
      );
    }
    if (age > Number(recvWindow) || age < -1_000) {
      throw new BinanceRefusal(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
    }
  }

  #isSigned(text: string, signature: string): boolean {
    const { publicKey, secret } = this.#keys ?? {};
    if (secret !== undefined)
      return createHmac('sha256', secret).update(text).digest('hex') === signature.toLowerCase();
    if (publicKey === undefined) return false;
    // An Ed25519 key takes no hash function.
    const hash = publicKey.length > 200 ? 'sha256' : null;
    return verify(hash, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
  }
}
