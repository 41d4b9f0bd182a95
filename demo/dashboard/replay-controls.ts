import { Cell, element } from './dom.js';
import { placeText } from './format.js';
import type { Replay } from './replay.js';

/** The speeds on the buttons. */
const SPEEDS: readonly (readonly [speed: number, title: string, what: string])[] = [
  [1, '1×', 'as it was'],
  [4, '4×', 'four times as fast'],
  [20, '20×', 'twenty times as fast'],
  [Infinity, 'Max', 'as fast as it goes'],
];

/** The controls of a replay: pause, place, speed, and the way back. */
export class ReplayControls {
  readonly nodes: readonly HTMLElement[];
  readonly #pause = element('button', { type: 'button', class: 'pause' }, 'Pause');
  readonly #bar = element('progress', { 'aria-label': 'Place in the recording', max: '1', value: '0' });
  readonly #place = new Cell(element('span', { class: 'number' }));
  readonly #back = element('button', { type: 'button', class: 'back' }, 'Back to live');
  readonly #speeds = new Map<number, HTMLButtonElement>();
  #replay: Replay | undefined;

  constructor(onLeave: () => void) {
    const speeds = element('div', { class: 'speeds', role: 'group', 'aria-label': 'Speed' });
    for (const [speed, title, what] of SPEEDS) {
      const button = element('button', { type: 'button', 'aria-pressed': 'false', title: what }, title);
      button.addEventListener('click', () => this.#change((replay) => replay.setSpeed(speed)));
      this.#speeds.set(speed, button);
      speeds.append(button);
    }
    const place = element('div', { class: 'place' }, this.#bar, this.#place.node);
    this.nodes = [this.#pause, place, speeds, this.#back];
    this.#pause.addEventListener('click', () => this.#change((replay) => replay.setPaused(!replay.isPaused)));
    this.#back.addEventListener('click', onLeave);
  }

  paint(replay: Replay): void {
    this.#replay = replay;
    const { end, facts, isPaused, position, speed } = replay;
    const share = facts.length > 0 ? position / facts.length : 1;
    if (this.#bar.value !== share) this.#bar.value = share;
    this.#place.set(
      end ? `${placeText(facts.length)}, the end` : `${placeText(position)} of ${placeText(facts.length)}`,
    );
    const label = isPaused ? 'Resume' : 'Pause';
    if (this.#pause.textContent !== label) this.#pause.textContent = label;
    this.#enable(!end);
    for (const [value, button] of this.#speeds) {
      const pressed = String(value === speed);
      if (button.getAttribute('aria-pressed') !== pressed) button.setAttribute('aria-pressed', pressed);
    }
  }

  /** The keyboard stays in the panel: a button that is disabled has no focus. */
  #enable(isEnabled: boolean): void {
    const controls = [this.#pause, ...this.#speeds.values()];
    const hadFocus = controls.some((control) => control === document.activeElement);
    for (const control of controls) if (control.disabled === isEnabled) control.disabled = !isEnabled;
    if (hadFocus && !isEnabled) this.#back.focus();
  }

  #change(change: (replay: Replay) => void): void {
    if (!this.#replay) return;
    change(this.#replay);
    this.paint(this.#replay);
  }
}
