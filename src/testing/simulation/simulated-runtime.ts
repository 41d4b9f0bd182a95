import type { Lifecycle, LifecycleEvents, OpenSocket, Runtime } from '../../runtime.js';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualClock } from './virtual-clock.js';

const ID_LENGTH = 12;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The runtime of one simulated host. The test controls its lifecycle with `wake()` and `sleep()`. */
export class SimulatedRuntime implements Runtime {
  readonly openSocket: OpenSocket;
  readonly clock: VirtualClock;
  readonly lifecycle: Lifecycle;
  readonly #jitter: SeededRandom;
  readonly #ids: SeededRandom;
  readonly #listeners = new Set<LifecycleEvents>();

  /** For the network only; use `SimulatedNetwork.runtime()`. */
  constructor(openSocket: OpenSocket, clock: VirtualClock, random: SeededRandom) {
    this.openSocket = openSocket;
    this.clock = clock;
    this.#jitter = random.stream('jitter');
    this.#ids = random.stream('ids');
    this.lifecycle = {
      listen: (events) => {
        this.#listeners.add(events);
        return () => void this.#listeners.delete(events);
      },
    };
  }

  random(): number {
    return this.#jitter.next();
  }

  generateId(): string {
    let id = '';
    for (let count = ID_LENGTH; count > 0; count--) id += ALPHABET[this.#ids.integer(0, ALPHABET.length - 1)];
    return id;
  }

  /** The number of clients that listen to the lifecycle; 0 when all clients are closed. */
  get lifecycleListeners(): number {
    return this.#listeners.size;
  }

  /** Reports that the host is back, for example `'online'` or `'visible'`. */
  wake(cause = 'online'): void {
    for (const listener of [...this.#listeners]) listener.wake(cause);
  }

  /** Reports that the host goes away. It does not stop time: for that see `VirtualClock.jump()` and `throttle()`. */
  sleep(cause = 'offline'): void {
    for (const listener of [...this.#listeners]) listener.sleep(cause);
  }
}
