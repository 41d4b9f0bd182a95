import type { DeliveryGate } from '../inbound/delivery-gate.js';
import { Queue } from '../util/queue.js';
import type { Entry, NewsNeeds } from './wire.js';

/** What takes the news. */
export interface NewsReader {
  take(entry: Entry): void;
  /** All that came has been taken: so many entries of which the worker wants to know, and perhaps those of a frame. */
  onTaken(count: number, isFrame: boolean): void;
}

/** Hands the news out one by one. After an entry that settles a promise, the code that awaits it runs before the next one. */
export class NewsFeed {
  readonly #gate: DeliveryGate;
  readonly #reader: NewsReader;
  readonly #waiting = new Queue<Entry>();
  /** Entries of which the worker wants to know. */
  #taken = 0;
  #isFrame = false;

  constructor(gate: DeliveryGate, reader: NewsReader) {
    this.#gate = gate;
    this.#reader = reader;
    gate.attach(() => this.#run());
  }

  add(entries: readonly Entry[], needs: NewsNeeds): void {
    for (const entry of entries) this.#waiting.push(entry);
    if (needs.startsWith('taken')) this.#taken += entries.length;
    if (needs.endsWith('frame')) this.#isFrame = true;
    if (!this.#gate.isClosed) this.#run();
  }

  /** Hands out all at once: nothing follows. */
  drain(): void {
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) this.#reader.take(entry);
    this.#taken = 0;
    this.#isFrame = false;
  }

  #run(): void {
    while (!this.#gate.isClosed) {
      const entry = this.#waiting.shift();
      if (!entry) break;
      this.#reader.take(entry);
    }
    if (this.#waiting.size > 0) return;
    const [taken, isFrame] = [this.#taken, this.#isFrame];
    this.#taken = 0;
    this.#isFrame = false;
    this.#reader.onTaken(taken, isFrame);
  }
}
