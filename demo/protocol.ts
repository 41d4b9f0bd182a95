import { type AuthFailure, type CloseInfo, type ClosePlan, GenericJsonHandler, type Message } from 'hpx-transport-ws';

/** The protocol of the demo's exchange: its data, and the handler that teaches the client this protocol. */

export interface Trade {
  readonly symbol: string;
  readonly price: number;
  readonly quantity: number;
  /** Unix milliseconds. */
  readonly time: number;
}

export interface Ticker {
  readonly symbol: string;
  readonly last: number;
  /** The change since the exchange opened, as a fraction. */
  readonly change: number;
}

export interface Quote extends Ticker {
  readonly bid: number;
  readonly ask: number;
  /** Dollars since the exchange opened. */
  readonly volume: number;
}

export interface MarketInfo extends Quote {
  /** The digits after the point of a price. */
  readonly decimals: number;
}

/** One second of trades. */
export interface Candle {
  /** Unix seconds. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Dollars. */
  readonly volume: number;
}

/** Size 0 removes a level. */
export type BookLevel = readonly [price: string, size: string];

export interface BookUpdate {
  readonly type: 'snapshot' | 'delta';
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly sequence: number;
  /** The sequence of the update before. */
  readonly previous: number;
}

export interface Order {
  /** The client's own id of the order. The client asks for the status of the order by this id. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
}

export interface OrderReport extends Order {
  readonly status: 'filled';
  readonly price: number;
}

/** Topics, each with the data of its updates. */
export interface Topics {
  [topic: `trades.${string}`]: Trade;
  [topic: `ticker.${string}`]: Ticker;
  /** Many times faster than `ticker`. */
  [topic: `quote.${string}`]: Quote;
  /** A snapshot, then the levels that change. */
  [topic: `book.${string}`]: BookUpdate;
  'account.orders': OrderReport;
}

/** Methods, each with its params and its result. */
export interface Methods {
  'order.place': { params: Order; result: OrderReport };
  'order.status': { params: { clientOrderId: string }; result: OrderReport | null };
  /** `since` is in Unix milliseconds. */
  'trades.since': { params: { symbol: string; since: number }; result: Trade[] };
  /** `since` is in Unix seconds. */
  'candles.since': { params: { symbol: string; since: number }; result: Candle[] };
  /** All instruments, the busiest first. */
  markets: { params: Record<string, never>; result: MarketInfo[] };
}

export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

/** The only account of the demo's exchange. */
export const DEMO_CREDENTIALS: Credentials = { key: 'demo', secret: 'not a secret' };

/** HMAC-SHA-256 of the key and the time, in hex. */
export async function sign({ key, secret }: Credentials, time: number): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const signer = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const signature = await crypto.subtle.sign(algorithm.name, signer, bytes(`${key}:${time}`));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A plain JSON protocol with the member names of this exchange and a signed login. */
export class DemoHandler extends GenericJsonHandler<Topics, Methods> {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    super({ requestIdField: 'id', operationField: 'method', argumentsField: 'params', pingOp: 'ping' });
    this.#credentials = credentials;
  }

  override async buildAuthMessage(): Promise<string> {
    const { key } = this.#credentials;
    const time = Date.now();
    return JSON.stringify({ method: 'auth', params: { key, time, signature: await sign(this.#credentials, time) } });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('method') === 'auth' && !this.extractError(message);
  }

  override isAuthFailure(message: Message): AuthFailure {
    return message.field('method') === 'auth' && this.extractError(message) ? 'final' : false;
  }

  /** The exchange announces a maintenance in its close frame: `maintenance, back in 5000 ms`. */
  override classifyClose(close: CloseInfo): ReturnType<GenericJsonHandler['classifyClose']> {
    const [, delay] = /back in (\d+) ms/.exec(close.reason) ?? [];
    const plan: ClosePlan = { verdict: 'retry', delay: Number(delay) };
    return delay === undefined ? super.classifyClose(close) : plan;
  }
}
