import { Cell, element } from './dom.js';
import type { Feed } from './feed.js';
import type { Log } from './log.js';
import { messageOf } from './message-of.js';

interface FaultButton {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

interface ActiveFault {
  readonly name: string;
  readonly remaining: number;
}

/** What each button does to the exchange. */
const BUTTONS: readonly FaultButton[] = [
  { name: 'drop', title: 'Drop', text: 'cuts the connection' },
  { name: 'drop-order', title: 'Drop at order', text: 'executes it, no answer' },
  { name: 'mute', title: 'Mute', text: 'open, nothing passes' },
  { name: 'refuse', title: 'Refuse', text: 'lets nobody in' },
  { name: 'flap', title: 'Flap', text: 'cuts after each login' },
  { name: 'slow', title: 'Slow', text: '350 ms late each way' },
  { name: 'login', title: 'Bad login', text: 'refuses the key' },
  { name: 'maintenance', title: 'Maintenance', text: 'says when it is back' },
];

/** Buttons that break the exchange, each for a while; pressed again, they mend it. */
export class FaultsPanel {
  readonly #log: Log;
  /** Milliseconds; without it each fault has its own length. */
  readonly #length: number | undefined;
  readonly #buttons = new Map<string, { readonly node: HTMLButtonElement; readonly rest: Cell }>();
  /** When each fault ends, in milliseconds of `performance.now()`. */
  #ends = new Map<string, number>();

  constructor(root: HTMLElement, feed: Feed, log: Log, length: number | undefined) {
    this.#log = log;
    this.#length = length;
    const row = element('div', { class: 'fault-row' });
    for (const { name, title, text } of BUTTONS) {
      const rest = new Cell(element('span', { class: 'fault-rest number' }));
      const head = element('span', { class: 'fault-title' }, title, rest.node);
      const node = element('button', { type: 'button', 'aria-pressed': 'false', 'data-fault': name }, head);
      node.append(element('small', {}, text));
      node.addEventListener('click', () => void this.#press(name, title));
      this.#buttons.set(name, { node, rest });
      row.append(node);
    }
    root.append(row);
    // There is nothing to break in a replay.
    feed.use(() => {
      for (const { node } of this.#buttons.values()) node.disabled = feed.replay !== undefined;
    });
    void this.#ask('GET', '/faults');
  }

  /** Shows how long each fault still lasts. */
  paint(): void {
    const now = performance.now();
    for (const [name, { node, rest }] of this.#buttons) {
      const remaining = (this.#ends.get(name) ?? 0) - now;
      const isOn = remaining > 0;
      rest.set(!isOn ? '' : name === 'drop-order' ? 'armed' : `${(remaining / 1_000).toFixed(0)} s`);
      const pressed = String(isOn);
      if (node.getAttribute('aria-pressed') !== pressed) node.setAttribute('aria-pressed', pressed);
    }
  }

  /** An order was placed: the fault that waited for it is over. */
  orderPlaced(): void {
    if (this.#ends.has('drop-order')) void this.#ask('GET', '/faults');
  }

  async #press(name: string, title: string): Promise<void> {
    if (this.#buttons.get(name)?.node.getAttribute('aria-pressed') === 'true') {
      this.#log.add('fault', `You ended ${title}`);
      return this.#ask('DELETE', `/faults/${name}`);
    }
    this.#log.add('fault', `You pressed ${title}`);
    const query = this.#length === undefined || name === 'drop' || name === 'drop-order' ? '' : `?for=${this.#length}`;
    await this.#ask('POST', `/faults/${name}${query}`);
  }

  async #ask(method: string, path: string): Promise<void> {
    try {
      const response = await fetch(path, { method });
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
      const active = (await response.json()) as readonly ActiveFault[];
      const now = performance.now();
      this.#ends = new Map(active.map(({ name, remaining }) => [name, now + remaining]));
    } catch (error) {
      this.#log.add('error', `The demo did not answer; is it still running? ${messageOf(error)}`);
    }
  }
}
