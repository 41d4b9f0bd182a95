import { type BookAdapter, type Level, OrderBook } from 'hpx-transport-ws/order-book';
import { money } from '../money.js';
import type { BookUpdate, MarketInfo } from '../protocol.js';
import { Cell, element } from './dom.js';
import type { Client, Feed } from './feed.js';
import { compactMoney } from './format.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import type { Painter } from './painter.js';

/** Levels of each side; on a phone the style hides some. */
const LEVELS = 11;

/** Reads the book of the demo's exchange. */
const adapter: BookAdapter<BookUpdate> = {
  read: ({ data: { type, bids, asks, sequence, previous } }) => ({
    snapshot: type === 'snapshot',
    bids,
    asks,
    sequence,
    previous,
  }),
};

/** The best levels of the order book of one market. */
export class LadderPanel {
  readonly #feed: Feed;
  readonly #markets: Markets;
  readonly #painter: Painter;
  readonly #log: Log;
  readonly #table = element('div', { class: 'ladder-table', role: 'table', 'aria-label': 'Order book' });
  readonly #asks = Array.from({ length: LEVELS }, () => new LadderRow('ask'));
  readonly #bids = Array.from({ length: LEVELS }, () => new LadderRow('bid'));
  readonly #spread = new Cell(element('span', { class: 'number' }));
  readonly #note = new Cell(element('span', { class: 'note' }));
  #book: OrderBook<BookUpdate> | undefined;
  #market: MarketInfo | undefined;
  /** Grows with each market and each client: what comes for an older one is dropped. */
  #turn = 0;

  constructor(root: HTMLElement, feed: Feed, markets: Markets, painter: Painter, log: Log) {
    this.#feed = feed;
    this.#markets = markets;
    this.#painter = painter;
    this.#log = log;
    root.querySelector('h2')?.append(this.#note.node);
    const titles = ['Price', 'Size', 'Total'].map((title) => element('span', { role: 'columnheader' }, title));
    this.#table.append(
      element('div', { class: 'ladder-row ladder-titles', role: 'row' }, ...titles),
      ...[...this.#asks].reverse().map(({ node }) => node),
      element('div', { class: 'ladder-spread' }, element('span', {}, 'Spread'), this.#spread.node),
      ...this.#bids.map(({ node }) => node),
    );
    root.append(this.#table);
    markets.onSelect(() => this.#open(this.#feed.client));
    feed.use(() => {
      this.#clear();
      this.#note.set('waits for the exchange');
    });
  }

  #open(client: Client): void {
    const { selected } = this.#markets;
    if (!selected) return;
    this.#market = selected;
    this.#follow(client, selected.symbol).catch((error) => this.#log.failed('The order book', error));
  }

  /** Shows nothing. Returns the number of what comes now. */
  #clear(): number {
    void this.#book?.close();
    this.#book = undefined;
    for (const row of [...this.#asks, ...this.#bids]) row.clear();
    this.#spread.set('');
    return ++this.#turn;
  }

  async #follow(client: Client, symbol: string): Promise<void> {
    const turn = this.#clear();
    this.#note.set('loading');
    const book = await OrderBook.subscribe(client, `book.${symbol}`, adapter);
    if (turn !== this.#turn) return void book.close();
    this.#book = book;
    book.on('change', () => this.#painter.paint(this.#paint));
    book.on('synced', () => this.#note.set(''));
    book.on('stale', (reason) => this.#note.set(`stale: ${reason}`));
    book.on('error', (error) => this.#log.failed('The order book', error));
    if (book.isSynced) this.#note.set('');
    this.#painter.paint(this.#paint);
  }

  readonly #paint = (): void => {
    if (!this.#book || !this.#market) return;
    const { bids, asks } = this.#book.top(LEVELS);
    const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]].map(Number) as [number, number];
    const { decimals } = this.#market;
    if (ask > bid) this.#spread.set(`${money(ask - bid, decimals)} · ${(((ask - bid) / ask) * 100).toFixed(3)}%`);
    const most = Math.max(total(bids), total(asks));
    paintSide(this.#asks, asks, decimals, most);
    paintSide(this.#bids, bids, decimals, most);
  };
}

/** @param most - the largest total of both sides, as wide as the panel */
function paintSide(rows: readonly LadderRow[], levels: readonly Level[], decimals: number, most: number): void {
  let sum = 0;
  for (const [index, row] of rows.entries()) {
    const level = levels[index];
    if (level) {
      sum += Number(level[0]) * Number(level[1]);
      row.paint(level, decimals, sum, sum / most);
    } else {
      row.clear();
    }
  }
}

function total(levels: readonly Level[]): number {
  return levels.reduce((sum, [price, size]) => sum + Number(price) * Number(size), 0);
}

class LadderRow {
  readonly node: HTMLElement;
  readonly #price: Cell;
  readonly #size = new Cell(element('span', { class: 'number', role: 'cell' }));
  readonly #total = new Cell(element('span', { class: 'number muted', role: 'cell' }));
  readonly #bar = element('i', { class: 'ladder-bar' });
  #width = -1;

  constructor(side: 'bid' | 'ask') {
    this.#price = new Cell(
      element('span', { class: 'number', role: 'cell', 'data-tone': side === 'bid' ? 'up' : 'down' }),
    );
    const cells = [this.#bar, this.#price.node, this.#size.node, this.#total.node];
    this.node = element('div', { class: `ladder-row ladder-${side}`, role: 'row' }, ...cells);
  }

  paint([price, size]: Level, decimals: number, dollars: number, share: number): void {
    this.#price.set(money(Number(price), decimals).slice(1));
    this.#size.set(size);
    this.#total.set(compactMoney(dollars));
    // Whole percents, so that small changes paint nothing.
    this.#stretch(Math.round(share * 100));
  }

  clear(): void {
    for (const cell of [this.#price, this.#size, this.#total]) cell.set('');
    this.#stretch(0);
  }

  #stretch(width: number): void {
    if (width === this.#width) return;
    this.#width = width;
    this.#bar.style.transform = `scaleX(${width / 100})`;
  }
}
