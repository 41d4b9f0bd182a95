import type { Lifecycle, LifecycleEvents, OpenSocket, Runtime } from '../../runtime.js';
import type { SeededRandom } from './seeded-random.js';
import type { VirtualClock } from './virtual-clock.js';

const ID_LENGTH = 12;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** One simulated host: what a client needs of the world, with a lifecycle in the hands of the test. */
export class SimulatedRuntime implements Runtime {
  readonly openSocket: OpenSocket;
  readonly clock: VirtualClock;
  readonly lifecycle: Lifecycle;
  readonly #jitter: SeededRandom;
  readonly #ids: SeededRandom;
  readonly #listeners = new Set<LifecycleEvents>();

  /** For the network alone; see `SimulatedNetwork.runtime()`. */
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

  /** Clients that listen to the lifecycle; none is left when all are closed. */
  get lifecycleListeners(): number {
    return this.#listeners.size;
  }

  /** The host is back, for example `'online'` or `'visible'`. */
  wake(cause = 'online'): void {
    for (const listener of [...this.#listeners]) listener.wake(cause);
  }

  /** The host goes away. Time is another matter: see `VirtualClock.jump()` and `throttle()`. */
  sleep(cause = 'offline'): void {
    for (const listener of [...this.#listeners]) listener.sleep(cause);
  }
}
