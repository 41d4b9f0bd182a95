import { isTransportError } from 'hpx-transport-ws';
import type { Order, OrderReport } from '../protocol.js';
import type { Client, Feed } from './feed.js';
import type { Log } from './log.js';
import { messageOf } from './message-of.js';

/** What is known of an order. */
export type Outcome =
  | { readonly kind: 'sent' }
  /** `isLate`: the answer was lost, and the status of the order told it later. */
  | { readonly kind: 'filled'; readonly price: number; readonly isLate: boolean }
  | { readonly kind: 'refused'; readonly why: string }
  /** The order never left this page. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** The order has left, and no answer came: it may have been executed. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** The answer was lost, and the status of the order told later that there is no such order. */
  | { readonly kind: 'absent' };

export interface PlacedOrder {
  readonly order: Order;
  readonly outcome: Outcome;
}

/** Places orders, and clears up each order whose answer was lost. */
export class OrderDesk {
  readonly #feed: Feed;
  readonly #log: Log;
  readonly #patience: number;
  readonly #onChange: (placed: PlacedOrder) => void;
  /** Orders with an unknown outcome. */
  readonly #unknown = new Map<string, Order>();
  /** Orders of which the exchange is asked at this moment. */
  readonly #asked = new Set<string>();

  /** @param patience - milliseconds from an order to its answer */
  constructor(feed: Feed, log: Log, patience: number, onChange: (placed: PlacedOrder) => void) {
    this.#feed = feed;
    this.#log = log;
    this.#patience = patience;
    this.#onChange = onChange;
    feed.use((client) =>
      client.on('ready', () => {
        // A recording knows nothing of these orders.
        if (!feed.replay) this.#clearUp(client);
      }),
    );
  }

  async place(order: Omit<Order, 'clientOrderId'>): Promise<void> {
    const named: Order = { ...order, clientOrderId: crypto.randomUUID() };
    this.#tell(named, { kind: 'sent' });
    const { client } = this.#feed;
    try {
      // Never sent twice, and not kept for later: a price is old after an outage.
      const call = client.request(
        { method: 'order.place', params: named },
        { retry: 'never', timeout: this.#patience },
      );
      this.#tell(named, filled(await call, false));
    } catch (error) {
      this.#failed(client, named, error);
    }
  }

  /** The question that matters: may the exchange have executed the order? */
  #failed(client: Client, order: Order, error: unknown): void {
    const why = messageOf(error);
    const delivery = isTransportError(error) ? error.delivery : 'unknown';
    if (delivery === 'unsent') return this.#tell(order, { kind: 'unsent', why });
    if (isTransportError(error) && error.code === 'REQUEST_REJECTED' && delivery === undefined)
      return this.#tell(order, { kind: 'refused', why });
    this.#unknown.set(order.clientOrderId, order);
    this.#tell(order, { kind: 'unknown', why });
    if (client.isConnected()) this.#clearUp(client);
  }

  #clearUp(client: Client): void {
    for (const order of this.#unknown.values()) {
      if (!this.#asked.has(order.clientOrderId)) void this.#ask(client, order);
    }
  }

  async #ask(client: Client, order: Order): Promise<void> {
    const { clientOrderId } = order;
    this.#asked.add(clientOrderId);
    try {
      // It only reads, so it may be sent again if the connection is lost once more.
      const report = await client.request(
        { method: 'order.status', params: { clientOrderId } },
        { retry: 'idempotent', timeout: Infinity },
      );
      this.#unknown.delete(clientOrderId);
      this.#tell(order, report ? filled(report, true) : { kind: 'absent' });
    } catch (error) {
      this.#log.failed('The status of an order', error);
    } finally {
      this.#asked.delete(clientOrderId);
    }
  }

  #tell(order: Order, outcome: Outcome): void {
    this.#onChange({ order, outcome });
  }
}

function filled({ price }: OrderReport, isLate: boolean): Outcome {
  return { kind: 'filled', price, isLate };
}
