import { money } from '../money.js';
import type { Order } from '../protocol.js';
import { Cell, element } from './dom.js';
import type { Feed } from './feed.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import { OrderDesk } from './order-desk.js';
import { OrderList } from './order-list.js';
import type { Painter } from './painter.js';

/** Dollars of the order that the ticket proposes. */
const PROPOSED = 1_000;

/** The order ticket with what became of each order. */
export class TicketPanel {
  readonly #feed: Feed;
  readonly #markets: Markets;
  readonly #desk: OrderDesk;
  readonly #form = element('form', { class: 'ticket-form' });
  readonly #quantity = element('input', {
    id: 'quantity',
    name: 'quantity',
    inputmode: 'decimal',
    autocomplete: 'off',
    required: '',
  });
  readonly #unit = new Cell(element('span', { class: 'unit' }));
  readonly #amount = new Cell(element('span', { class: 'number' }));
  readonly #note = new Cell(element('span', { class: 'note' }));
  readonly #buy = element('button', { type: 'submit', class: 'buy', value: 'buy' }, 'Buy');
  readonly #sell = element('button', { type: 'submit', class: 'sell', value: 'sell' }, 'Sell');

  constructor(root: HTMLElement, feed: Feed, markets: Markets, painter: Painter, log: Log, patience: number) {
    this.#feed = feed;
    this.#markets = markets;
    root.querySelector('h2')?.append(this.#note.node);
    const list = new OrderList(markets, log);
    this.#desk = new OrderDesk(feed, log, patience, (placed) => list.show(placed));
    const label = element('label', { for: 'quantity' }, 'Quantity');
    this.#form.append(
      label,
      element('div', { class: 'field' }, this.#quantity, this.#unit.node),
      element('div', { class: 'amount' }, element('span', {}, 'About'), this.#amount.node),
      element('div', { class: 'sides' }, this.#buy, this.#sell),
    );
    root.append(this.#form, list.node);
    this.#amount.set('–');
    this.#setEnabled(false);
    this.#form.addEventListener('submit', (event) => this.#submit(event));
    this.#quantity.addEventListener('input', () => this.#paint());
    markets.onSelect(() => this.#propose());
    feed.use(() => {
      if (feed.replay) this.#setEnabled(false);
      this.#note.set(feed.replay ? 'not in a replay' : '');
    });
    setInterval(() => painter.paint(this.#paint), 250);
  }

  #propose(): void {
    const { selected } = this.#markets;
    if (!selected) return;
    const decimals = selected.last >= 1_000 ? 4 : selected.last >= 1 ? 2 : 0;
    this.#quantity.value = (PROPOSED / selected.last).toFixed(decimals);
    this.#unit.set(selected.symbol.split('-')[0] ?? '');
    this.#setEnabled(!this.#feed.replay);
    this.#paint();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const { selected } = this.#markets;
    const quantity = this.#read();
    if (!selected || quantity === undefined) return;
    const side: Order['side'] = event.submitter === this.#sell ? 'sell' : 'buy';
    void this.#desk.place({ symbol: selected.symbol, side, quantity });
  }

  /** The quantity, if it is one. The browser says what is wrong with another text. */
  #read(): number | undefined {
    const quantity = Number(this.#quantity.value.trim().replace(',', '.'));
    const isValid = quantity > 0 && Number.isFinite(quantity);
    this.#quantity.setCustomValidity(isValid ? '' : 'Enter a quantity above 0, for example 0.25.');
    if (isValid) return quantity;
    this.#quantity.reportValidity();
    return undefined;
  }

  #setEnabled(isEnabled: boolean): void {
    for (const control of [this.#quantity, this.#buy, this.#sell]) control.disabled = !isEnabled;
  }

  readonly #paint = (): void => {
    this.#quantity.setCustomValidity('');
    const { selected } = this.#markets;
    const price = selected && this.#markets.quote(selected.symbol)?.last;
    const quantity = Number(this.#quantity.value.trim().replace(',', '.'));
    this.#amount.set(price && quantity > 0 ? money(price * quantity) : '–');
  };
}
