import { Cell, element } from './dom.js';
import { countText, spanText } from './format.js';
import type { FrameMeter } from './frame-meter.js';
import type { LinkState } from './link-state.js';
import { Rates } from './rates.js';

/** Milliseconds between two counts of the painted frames. */
const FRAME_WINDOW = 1_000;

/** The numbers of the connection. */
export class ConnectionPanel {
  readonly #state: LinkState;
  readonly #frames: FrameMeter;
  readonly #rates = new Rates();
  readonly #facts = element('dl', { class: 'facts' });
  readonly #cells = {
    state: this.#fact('State'),
    epoch: this.#fact('Session'),
    roundTrip: this.#fact('Round trip'),
    updates: this.#fact('Updates'),
    parsed: this.#fact('Parsed'),
    skipped: this.#fact('Never parsed'),
    dropped: this.#fact('Replaced by newer'),
    screen: this.#fact('Screen'),
    next: this.#fact('Next attempt'),
    error: this.#fact('Last error'),
  };
  readonly #bar = element('i', {});
  #client: unknown;
  #countedAt = 0;

  constructor(root: HTMLElement, state: LinkState, frames: FrameMeter) {
    this.#state = state;
    this.#frames = frames;
    this.#cells.error.node.classList.add('fact-error');
    const share = element('div', { class: 'share', 'aria-hidden': 'true' }, this.#bar);
    root.append(this.#facts, share);
  }

  paint(): void {
    const { client, state, countdown, next } = this.#state;
    if (client !== this.#client) this.#rates.clear();
    this.#client = client;
    const stats = client.stats();
    this.#rates.add(stats);
    const cells = this.#cells;
    cells.state.set(state);
    cells.state.setTone(state === 'ready' ? 'up' : 'down');
    cells.epoch.set(`${client.epoch}`);
    cells.roundTrip.set(stats.roundTrip === undefined ? '–' : `${stats.roundTrip.toFixed(1)} ms`);
    this.#paintRates();
    cells.dropped.set(countText(stats.dropped));
    cells.next.set(countdown === undefined ? '–' : `no. ${next?.number} in ${spanText(countdown)}`);
    cells.error.set(client.lastError?.message ?? 'none');
    const now = performance.now();
    if (now - this.#countedAt < FRAME_WINDOW) return;
    this.#countedAt = now;
    cells.screen.set(`${Math.round(this.#frames.take())} frames/s`);
  }

  #paintRates(): void {
    const received = this.#rates.of('received');
    const parsed = Math.min(received, this.#rates.of('parsed'));
    const share = received > 0 ? parsed / received : 0;
    this.#cells.updates.set(`${countText(received)} /s`);
    this.#cells.parsed.set(`${countText(parsed)} /s · ${Math.round(share * 100)}%`);
    this.#cells.skipped.set(
      `${countText(received - parsed)} /s · ${received > 0 ? Math.round(100 - share * 100) : 0}%`,
    );
    const width = `scaleX(${share.toFixed(2)})`;
    if (this.#bar.style.transform !== width) this.#bar.style.transform = width;
  }

  #fact(name: string): Cell {
    const value = element('dd', { class: 'number' });
    this.#facts.append(element('div', {}, element('dt', {}, name), value));
    return new Cell(value);
  }
}
