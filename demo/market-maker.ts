// Example: the skeleton of a market maker. It quotes both sides, asks what became of orders whose outcome is unknown after a
// drop, and cancels everything before it ends.
// Run it: npm run example -- market-maker        (ends after 2 s, at Ctrl-C or at SIGTERM)
import { GenericJsonHandler, TransportError, WebSocketClient } from 'hpx-transport-ws';
import { SmallExchange } from './small-exchange.js';

/** Which sides, and how far from the last price. */
const SPREAD = { buy: -0.001, sell: 0.001 } as const;
type Side = keyof typeof SPREAD;

/** One order, as this program knows it. `unknown`: it may be at the exchange, and it counts until the exchange says no. */
interface Quote {
  readonly id: string;
  readonly side: Side;
  readonly price: number;
  state: 'placing' | 'working' | 'unknown';
}

class MarketMaker {
  readonly #client: WebSocketClient;
  /** By the id that this program chose, so that an order can be asked for without the answer. */
  readonly #quotes = new Map<string, Quote>();
  #lastId = 0;
  /** The quotes are being moved. */
  #round: Promise<void> | undefined;
  #isStopped = false;

  constructor(url: string) {
    this.#client = new WebSocketClient({ url, reconnectInitialDelay: 100 }, new GenericJsonHandler());
    this.#client.on('disconnected', ({ code, cause }) => cause && say(`connection lost, close code ${code}`));
    // Before any new quote: what happened to the old ones?
    this.#client.on('reconnected', () => void this.#reconcile());
  }

  async start(): Promise<void> {
    await this.#client.connect();
    const prices = await this.#client.subscribe('price', { overflow: 'latest' });
    prices.on('message', (price) => this.#onPrice(price as number));
    // While the connection is lost the program does not know the price.
    prices.on('interrupted', () => say('no prices: no new quotes'));
  }

  /** Cancels everything and leaves. Nothing stays behind at the exchange. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#round; // its orders may still be on their way
    await this.#reconcile();
    const cancels = [...this.#quotes.keys()].map((id) => this.#cancel(id));
    await Promise.all(cancels);
    const { open } = await this.#client.request<{ open: number }>({ op: 'count' });
    say(`${this.#lastId} quotes, the last ${cancels.length} cancelled, ${open} orders left at the exchange`);
    await this.#client.close();
  }

  #onPrice(price: number): void {
    const isUnclear = [...this.#quotes.values()].some(({ state }) => state === 'unknown');
    if (this.#isStopped || this.#round || isUnclear || !this.#client.isConnected()) return;
    this.#round = this.#move(price).finally(() => {
      this.#round = undefined;
    });
  }

  /** Moves both quotes to a new price. */
  async #move(price: number): Promise<void> {
    await Promise.all([...this.#quotes.keys()].map((id) => this.#cancel(id)));
    await Promise.all((['buy', 'sell'] as const).map((side) => this.#place(side, price * (1 + SPREAD[side]))));
  }

  async #place(side: Side, price: number): Promise<void> {
    const quote: Quote = { id: `mm-${++this.#lastId}`, side, price, state: 'placing' };
    this.#quotes.set(quote.id, quote);
    try {
      // A quote is worth nothing later: 'never' does not wait for a connection.
      await this.#client.request({ op: 'place', id: quote.id, side, price }, { retry: 'never', timeout: 1_000 });
      quote.state = 'working';
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      // Unknown: it may have been placed. Anything else: the exchange does not have it.
      if (error.delivery === 'unknown') quote.state = 'unknown';
      else this.#quotes.delete(quote.id);
      say(`${quote.id} ${side}: ${error.delivery ?? error.message}`);
    }
  }

  async #cancel(id: string): Promise<void> {
    try {
      // A cancel goes before all other calls, and may be sent twice.
      await this.#client.request({ op: 'cancel', id }, { priority: 'high', retry: 'idempotent' });
      this.#quotes.delete(id);
    } catch (error) {
      say(`${id} could not be cancelled: ${(error as Error).message}`);
    }
  }

  /** Asks the exchange for each order whose outcome is open. */
  async #reconcile(): Promise<void> {
    for (const quote of this.#quotes.values()) {
      if (quote.state !== 'unknown') continue;
      const { exists } = await this.#client.request<{ exists: boolean }>(
        { op: 'status', id: quote.id },
        { retry: 'idempotent' },
      );
      say(`${quote.id} was ${exists ? 'placed: it counts' : 'never placed: it is forgotten'}`);
      if (exists) quote.state = 'working';
      else this.#quotes.delete(quote.id);
    }
  }
}

function say(text: string): void {
  console.log(text);
}

const exchange = await SmallExchange.start();
const maker = new MarketMaker(exchange.url);
await maker.start();
// The exchange takes an order and drops the connection before it answers.
setTimeout(() => exchange.dropAfterNextOrder(), 500);
await new Promise((resolve) => {
  setTimeout(resolve, 2_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
await maker.stop();
await exchange.close();
