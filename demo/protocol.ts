import { createHmac } from 'node:crypto';
import { type AuthFailure, GenericJsonHandler, type Message } from 'hpx-transport-ws';

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

export interface Order {
  /** The bot's own id of the order. The bot asks for the status of the order by this id. */
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
  'account.orders': OrderReport;
}

/** Methods, each with its params and its result. */
export interface Methods {
  'order.place': { params: Order; result: OrderReport };
  'order.status': { params: { clientOrderId: string }; result: OrderReport | null };
  'trades.since': { params: { symbol: string; since: number }; result: Trade[] };
}

export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

/** The only account of the demo's exchange. */
export const DEMO_CREDENTIALS: Credentials = { key: 'demo', secret: 'not a secret' };

export function sign({ key, secret }: Credentials, time: number): string {
  return createHmac('sha256', secret).update(`${key}:${time}`).digest('hex');
}

/** A plain JSON protocol with the member names of this exchange and a signed login. */
export class DemoHandler extends GenericJsonHandler<Topics, Methods> {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    super({ requestIdField: 'id', operationField: 'method', argumentsField: 'params' });
    this.#credentials = credentials;
  }

  override buildAuthMessage(): string {
    const { key } = this.#credentials;
    const time = Date.now();
    return JSON.stringify({ method: 'auth', params: { key, time, signature: sign(this.#credentials, time) } });
  }

  override isAuthSuccess(message: Message): boolean {
    return message.field('method') === 'auth' && !this.extractError(message);
  }

  override isAuthFailure(message: Message): AuthFailure {
    return message.field('method') === 'auth' && this.extractError(message) ? 'final' : false;
  }
}
