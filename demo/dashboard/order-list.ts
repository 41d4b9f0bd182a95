import { money } from '../money.js';
import type { Order } from '../protocol.js';
import { Cell, element } from './dom.js';
import { clockText } from './format.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import type { Outcome, PlacedOrder } from './order-desk.js';

/** The longest list on the page. */
const LENGTH = 20;

/** What is said about each outcome: a word, what became of the bytes, and a sentence. */
interface Words {
  readonly title: string;
  readonly delivery: string;
  readonly text: string;
}

/** The placed orders with their outcomes, the newest first. */
export class OrderList {
  readonly node = element('ol', { class: 'orders', tabindex: '0', 'aria-label': 'Orders', 'aria-live': 'polite' });
  readonly #markets: Markets;
  readonly #log: Log;
  readonly #items = new Map<string, OrderItem>();

  constructor(markets: Markets, log: Log) {
    this.#markets = markets;
    this.#log = log;
    this.node.append(element('li', { class: 'waiting' }, 'No order yet.'));
  }

  show({ order, outcome }: PlacedOrder): void {
    const words = this.#wordsFor(order, outcome);
    let item = this.#items.get(order.clientOrderId);
    if (!item) {
      item = new OrderItem(order);
      if (this.#items.size === 0) this.node.replaceChildren();
      this.#items.set(order.clientOrderId, item);
      this.node.prepend(item.node);
      if (this.node.children.length > LENGTH) this.node.lastElementChild?.remove();
    }
    item.show(outcome.kind, words);
    if (outcome.kind === 'sent') return;
    const said = outcome.kind === 'filled' ? words.text : `${words.title}. ${words.text}`;
    this.#log.add('order', `${titleOf(order)}: ${said}`);
  }

  #wordsFor(order: Order, outcome: Outcome): Words {
    switch (outcome.kind) {
      case 'sent':
        return { title: 'Sent', delivery: 'unknown', text: 'Waits for the answer.' };
      case 'filled': {
        const price = money(outcome.price, this.#markets.get(order.symbol)?.decimals);
        const text = outcome.isLate ? `Found by order status: filled at ${price}.` : `Filled at ${price}.`;
        return { title: 'Filled', delivery: outcome.isLate ? 'unknown, then cleared up' : 'answered', text };
      }
      case 'refused':
        return { title: 'Refused', delivery: 'answered', text: `The exchange said: ${outcome.why}.` };
      case 'unsent':
        return {
          title: 'Not sent',
          delivery: 'unsent',
          text: 'It never left this page. It is safe to place it again.',
        };
      case 'unknown':
        return {
          title: 'Unknown',
          delivery: 'unknown',
          text: 'It left, and no answer came. The exchange will be asked.',
        };
      case 'absent':
        return {
          title: 'Not executed',
          delivery: 'unknown, then cleared up',
          text: 'Found by order status: the exchange has no such order.',
        };
    }
  }
}

class OrderItem {
  readonly node: HTMLElement;
  readonly #badge = new Cell(element('span', { class: 'badge' }));
  readonly #text = new Cell(element('p', { class: 'order-text' }));
  readonly #delivery = new Cell(element('span', { class: 'order-delivery' }));

  constructor(order: Order) {
    const title = element('span', { class: 'order-title' }, titleOf(order));
    const time = element('time', {}, clockText(Date.now()));
    this.node = element(
      'li',
      {},
      element('div', { class: 'order-head' }, title, this.#badge.node),
      this.#text.node,
      element('div', { class: 'order-foot' }, this.#delivery.node, time),
    );
  }

  show(kind: Outcome['kind'], { title, delivery, text }: Words): void {
    this.node.dataset.outcome = kind;
    this.#badge.set(title);
    this.#delivery.set(`delivery: ${delivery}`);
    this.#text.set(text);
  }
}

function titleOf({ side, quantity, symbol }: Order): string {
  return `${side === 'buy' ? 'Buy' : 'Sell'} ${quantity} ${symbol}`;
}
