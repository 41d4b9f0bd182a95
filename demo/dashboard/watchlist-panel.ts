import { money } from '../money.js';
import type { MarketInfo, Quote } from '../protocol.js';
import { Cell, element } from './dom.js';
import type { Client, Feed } from './feed.js';
import { changeText, compactMoney } from './format.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import type { Painter } from './painter.js';

/** Pixels; as in style/panels.css. */
const ROW_HEIGHT = 30;

/** All markets with their newest quotes. Rows outside of the visible part are written when they come into it. */
export class WatchlistPanel {
  readonly #feed: Feed;
  readonly #markets: Markets;
  readonly #painter: Painter;
  readonly #list = element('div', { class: 'market-list', role: 'listbox', tabindex: '0', 'aria-label': 'Markets' });
  readonly #count = element('span', { class: 'note' });
  #rows: readonly Row[] = [];
  readonly #changed = new Set<Row>();
  #selected: Row | undefined;

  constructor(root: HTMLElement, feed: Feed, markets: Markets, painter: Painter, log: Log) {
    this.#feed = feed;
    this.#markets = markets;
    this.#painter = painter;
    root.querySelector('h2')?.append(this.#count);
    const titles = ['Market', 'Last', '24 h', 'Volume'].map((title) => element('span', {}, title));
    this.#list.append(element('p', { class: 'waiting' }, 'The markets come with the first connection.'));
    root.append(element('div', { class: 'market-row market-titles', 'aria-hidden': 'true' }, ...titles), this.#list);
    this.#list.addEventListener('scroll', () => painter.paint(this.#paint), { passive: true });
    this.#list.addEventListener('click', ({ target }) => this.#choose((target as Element).closest('.market-row')));
    this.#list.addEventListener('keydown', (event) => this.#onKey(event));
    markets.onList(() => {
      this.#makeRows();
      this.#follow(feed.client).catch((error) => log.failed('The quotes', error));
    });
    markets.onSelect(() => this.#showSelection());
  }

  #makeRows(): void {
    this.#rows = this.#markets.all.map((market, index) => new Row(market, index));
    this.#changed.clear();
    for (const row of this.#rows) row.paint();
    this.#list.replaceChildren(...this.#rows.map(({ node }) => node));
    this.#count.textContent = `${this.#rows.length}`;
  }

  /** A page shows only the newest quote of each market, at most once per frame: the client passes over the others. */
  async #follow(client: Client): Promise<void> {
    const rows = this.#rows;
    const topics = rows.map(({ market }) => `quote.${market.symbol}` as const);
    const channels = await client.subscribeMany(topics, { overflow: 'latest' });
    channels.forEach((channel, index) => {
      const row = rows[index] as Row;
      channel.on('message', (quote) => {
        if (client !== this.#feed.client) return;
        row.quote = quote;
        this.#markets.setQuote(quote);
        this.#changed.add(row);
        this.#painter.paint(this.#paint);
      });
    });
  }

  readonly #paint = (): void => {
    // Set by the browser before this frame: to read it costs no layout.
    const first = Math.floor(this.#list.scrollTop / ROW_HEIGHT) - 1;
    const last = first + this.#visibleRows + 2;
    for (const row of this.#changed) {
      if (row.index < first || row.index > last) continue;
      this.#changed.delete(row);
      row.paint();
    }
  };

  get #visibleRows(): number {
    return Math.ceil(window.innerHeight / ROW_HEIGHT);
  }

  #onKey(event: KeyboardEvent): void {
    const page = 10;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined || this.#rows.length === 0) return;
    event.preventDefault();
    const index = Math.min(Math.max((this.#selected?.index ?? 0) + step, 0), this.#rows.length - 1);
    const row = this.#rows[index] as Row;
    this.#markets.choose(row.market);
    row.node.scrollIntoView({ block: 'nearest' });
  }

  #choose(node: Element | null): void {
    const row = this.#rows.find((candidate) => candidate.node === node);
    if (row) this.#markets.choose(row.market);
  }

  #showSelection(): void {
    this.#selected?.node.setAttribute('aria-selected', 'false');
    this.#selected = this.#rows.find(({ market }) => market === this.#markets.selected);
    if (!this.#selected) return;
    this.#selected.node.setAttribute('aria-selected', 'true');
    this.#list.setAttribute('aria-activedescendant', this.#selected.node.id);
  }
}

class Row {
  readonly market: MarketInfo;
  readonly index: number;
  readonly node: HTMLElement;
  quote: Quote;
  readonly #last = new Cell(element('span', { class: 'number' }));
  readonly #change = new Cell(element('span', { class: 'number' }));
  readonly #volume = new Cell(element('span', { class: 'number muted' }));

  constructor(market: MarketInfo, index: number) {
    this.market = market;
    this.index = index;
    this.quote = market;
    const [base = '', currency = ''] = market.symbol.split('-');
    const name = element('span', { class: 'market-name' }, base, element('small', {}, `/${currency}`));
    this.node = element(
      'div',
      { class: 'market-row', role: 'option', id: `market-${market.symbol}`, 'aria-selected': 'false' },
      name,
      this.#last.node,
      this.#change.node,
      this.#volume.node,
    );
  }

  paint(): void {
    const { last, change, volume } = this.quote;
    this.#last.set(money(last, this.market.decimals));
    this.#change.set(changeText(change));
    this.#change.setTone(change < 0 ? 'down' : 'up');
    this.#volume.set(compactMoney(volume));
  }
}
