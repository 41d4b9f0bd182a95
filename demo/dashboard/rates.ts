import type { ClientStats } from 'hpx-transport-ws';

/** How many samples a rate is computed of: the worker tells its numbers once a second. */
const SAMPLES = 4;

type Counter = 'received' | 'parsed' | 'dropped';

/** How fast the numbers of `stats()` grow. */
export class Rates {
  #samples: { readonly at: number; readonly stats: ClientStats }[] = [];

  add(stats: ClientStats): void {
    const last = this.#samples.at(-1);
    const at = performance.now();
    // A change of the state tells the numbers too: samples that are close together give no good rate.
    if (last && (last.stats === stats || at - last.at < 500)) return;
    this.#samples = [...this.#samples, { at, stats }].slice(-SAMPLES);
  }

  /** Per second. 0 if the numbers have not grown for a while. */
  of(counter: Counter): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || first === last || performance.now() - last.at > 2_500) return 0;
    return Math.max(0, ((last.stats[counter] - first.stats[counter]) * 1_000) / (last.at - first.at));
  }

  clear(): void {
    this.#samples = [];
  }
}
