import { Cell, element } from './dom.js';
import type { Feed } from './feed.js';
import { countText, momentText, placeText, sizeText, spanText } from './format.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import { messageOf } from './message-of.js';
import type { Recording } from './recording.js';
import type { Replay } from './replay.js';
import { ReplayControls } from './replay-controls.js';
import type { Recorded } from './worker-jobs.js';

/** A recording that the visitor has made on this page. */
interface Saved {
  readonly file: Blob;
  readonly name: string;
}

/** Records what the page gets, and plays recordings through the same page. */
export class RecordingPanel {
  readonly #feed: Feed;
  readonly #markets: Markets;
  readonly #log: Log;
  readonly #megabytes: number;
  readonly #title: Cell;
  readonly #controls = element('div', { class: 'tape-controls' });
  readonly #record = element('button', { type: 'button', class: 'record', 'aria-pressed': 'false' }, 'Record');
  readonly #open = element('button', { type: 'button' }, 'Open a recording…');
  readonly #again = element('button', { type: 'button' }, 'Replay it');
  readonly #note = new Cell(element('span', { class: 'tape-note number' }));
  readonly #replay: ReplayControls;
  readonly #file = element('input', {
    type: 'file',
    accept: '.ndjson,.jsonl,application/x-ndjson',
    'aria-label': 'Recording',
    hidden: '',
  });
  #saved: Saved | undefined;

  /** @param megabytes - the largest size of a recording */
  constructor(root: HTMLElement, feed: Feed, markets: Markets, log: Log, megabytes: number) {
    this.#feed = feed;
    this.#markets = markets;
    this.#log = log;
    this.#megabytes = megabytes;
    this.#replay = new ReplayControls(() => this.#leave());
    this.#title = new Cell(root.querySelector('h2') as HTMLElement);
    root.append(this.#controls, this.#file);
    this.#record.addEventListener('click', () => this.#press());
    this.#open.addEventListener('click', () => this.#file.click());
    this.#again.addEventListener('click', () => this.#saved && void this.#play(this.#saved.file, this.#saved.name));
    this.#file.addEventListener('change', () => {
      const [file] = this.#file.files ?? [];
      // The same file may be chosen again.
      this.#file.value = '';
      if (file) void this.#play(file, file.name);
    });
    feed.use(() => this.#show());
  }

  paint(): void {
    const recording = this.#running;
    if (recording) this.#note.set(this.#progressText(recording));
    const { replay } = this.#feed;
    if (replay) this.#replay.paint(replay);
  }

  /** The recording that is being made. */
  get #running(): Recording | undefined {
    const { source } = this.#feed;
    return source.kind === 'recording' && source.recording.isOn ? source.recording : undefined;
  }

  #progressText({ progress: { time, lines, bytes } }: Recording): string {
    return `${placeText(time)} · ${countText(lines)} lines · ${sizeText(bytes)} of ${this.#megabytes} MB`;
  }

  /** Shows the controls that fit to what the page does. The keyboard stays in this panel. */
  #show(): void {
    const hadFocus = this.#controls.contains(document.activeElement);
    const isOn = this.#running !== undefined;
    const { replay } = this.#feed;
    this.#title.set(replay ? 'Replay' : 'Recording');
    this.#record.textContent = isOn ? 'Stop' : 'Record';
    this.#record.setAttribute('aria-pressed', String(isOn));
    if (!isOn)
      this.#note.set(
        this.#saved ? `saved, ${sizeText(this.#saved.file.size)}` : 'what the page gets, as a file to replay',
      );
    const others = isOn ? [] : [this.#open, ...(this.#saved ? [this.#again] : [])];
    const shown = replay ? this.#replay.nodes : [this.#record, ...others, this.#note.node];
    this.#controls.replaceChildren(...shown);
    if (hadFocus) this.#controls.querySelector('button')?.focus();
  }

  #press(): void {
    const recording = this.#running;
    if (recording) return void recording.stop();
    this.#log.add('record', 'You pressed Record: the page starts anew, so that the recording is complete');
    const started = this.#feed.record();
    void started.done.then((recorded) => this.#keep(recorded));
  }

  /** A recording is complete. */
  #keep({ file, lines, lost, time, why }: Recorded): void {
    const name = `demo-exchange-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`;
    this.#saved = { file, name };
    save(file, name);
    const full = why === 'full' ? `It has reached ${this.#megabytes} MB and ended by itself. ` : '';
    const missing = lost > 0 ? `, without ${countText(lost)} lines that could not be kept` : '';
    const what = `${countText(lines)} lines, ${sizeText(file.size)}, ${spanText(time)}`;
    this.#log.add(why === 'full' || lost > 0 ? 'warning' : 'record', `${full}Saved as ${name}: ${what}${missing}`);
    this.#show();
  }

  async #play(file: Blob, name: string): Promise<void> {
    try {
      const replay = await this.#feed.play(file);
      this.#log.add('replay', `${name} is played. It was recorded on ${momentText(replay.facts.startedAt)}`);
      replay.onMarket((symbol) => this.#markets.follow(symbol));
      void replay.done.then(() => this.#ended(replay));
    } catch (error) {
      this.#log.add('error', `${name} is no recording that can be played here. ${messageOf(error)}`);
    }
  }

  #ended(replay: Replay): void {
    const { end } = replay;
    if (replay !== this.#feed.replay || !end) return;
    if (end.kind === 'failed') {
      this.#log.add('error', `The replay has ended early. ${end.message}`);
      return this.#leave();
    }
    const rest = end.unsent > 0 ? `; the page did not ask ${countText(end.unsent)} questions of that time again` : '';
    this.#log.add('replay', `The recording has ended: ${countText(end.frames)} frames were played${rest}`);
  }

  #leave(): void {
    this.#log.add('replay', 'Back to live data');
    this.#feed.restart();
  }
}

/** Downloads a file. */
function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  element('a', { href: url, download: name }).click();
  // The browser has taken the file by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
