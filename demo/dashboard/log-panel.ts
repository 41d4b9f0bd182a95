import { element } from './dom.js';
import { clockText } from './format.js';
import type { Log, LogEntry } from './log.js';
import type { Painter } from './painter.js';

/** The longest list on the page. */
const LENGTH = 150;

/** The log, the newest entry first. */
export class LogPanel {
  readonly #list = element('ol', { class: 'log-list', tabindex: '0', 'aria-label': 'Events, the newest first' });
  readonly #painter: Painter;
  #waiting: LogEntry[] = [];

  constructor(root: HTMLElement, log: Log, painter: Painter) {
    this.#painter = painter;
    root.append(this.#list);
    log.onEntry((entry) => {
      this.#waiting.push(entry);
      this.#painter.paint(this.#paint);
    });
  }

  readonly #paint = (): void => {
    const items = this.#waiting.map(({ time, kind, text }) =>
      element(
        'li',
        { 'data-kind': kind },
        element('time', {}, clockText(time)),
        element('span', { class: 'log-kind' }, kind),
        element('span', { class: 'log-text' }, text),
      ),
    );
    this.#waiting = [];
    this.#list.prepend(...items.reverse());
    while (this.#list.children.length > LENGTH) this.#list.lastElementChild?.remove();
  };
}
