import type { Runtime } from 'hpx-transport-ws';
import { Player, type ReplaySummary } from 'hpx-transport-ws/recording';
import { RecordedClock } from './recorded-clock.js';
import { ReplayAnswers } from './replay-answers.js';
import type { Script } from './script.js';
import type { ReplayOrder } from './worker-jobs.js';

/** Milliseconds that the recording waits for the page to ask again what it asked then. A busy page takes long. */
const PATIENCE = 10_000;

/** Plays a recording of the page to a client, and lets the page do what it did then. */
export class Replayer {
  readonly #player: Player;
  readonly #clock = new RecordedClock();
  readonly #answers: ReplayAnswers;
  /** Why nothing is played for now. */
  readonly #holds = new Set<'visitor' | 'topics'>();
  /** What the page had subscribed here, and has not yet. */
  #awaited: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #missed = 0;

  /** @param onMarket - called where the page showed another market */
  constructor(script: Script, onMarket: (symbol: string) => void) {
    this.#answers = new ReplayAnswers(script, () => this.#look());
    const lines = script.lines(({ time, market, begins, topics }) => {
      this.#clock.expect(time);
      if (begins) this.#answers.begin();
      if (market !== undefined) onMarket(market);
      if (topics) this.#await(topics);
    });
    const { answer } = this.#answers;
    this.#player = new Player(lines, { clock: this.#clock, answer, atEnd: 'stay', patience: PATIENCE });
    this.#clock.follow(this.#player);
  }

  get runtime(): Runtime {
    return this.#player.runtime;
  }

  /** Milliseconds since the start of the recording. */
  get position(): number {
    return this.#clock.position;
  }

  /**
   * Resolves at the end of the recording.
   * @throws ProtocolError for a line that cannot be read
   */
  async finish(): Promise<ReplaySummary> {
    const { unsent, ...rest } = await this.#player.finished;
    return { ...rest, unsent: unsent + this.#missed };
  }

  obey(order: ReplayOrder): void {
    switch (order.kind) {
      case 'speed':
        this.#player.speed = order.speed;
        return;
      case 'pause':
        return this.#hold('visitor', true);
      case 'resume':
        return this.#hold('visitor', false);
    }
  }

  /** No update comes before the page has subscribed it. */
  #await(topics: readonly string[]): void {
    this.#awaited = topics;
    if (this.#answers.covers(topics)) return;
    this.#hold('topics', true);
    this.#timer = setTimeout(() => {
      this.#missed++;
      this.#hold('topics', false);
    }, PATIENCE);
  }

  #look(): void {
    if (!this.#holds.has('topics') || !this.#answers.covers(this.#awaited)) return;
    clearTimeout(this.#timer);
    this.#hold('topics', false);
  }

  #hold(who: 'visitor' | 'topics', isHeld: boolean): void {
    if (isHeld) this.#holds.add(who);
    else this.#holds.delete(who);
    if (this.#holds.size > 0) this.#player.pause();
    else this.#player.resume();
  }
}
