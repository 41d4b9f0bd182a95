import type { SeededRandom } from 'hpx-transport-ws/testing';
import type { Application } from './application.js';
import type { SimulatedWorld } from './simulated-world.js';

const MOST_CHANNELS = 8;

/** The load without any fault: applications that make calls, and a server that publishes. */
export class Load {
  readonly #world: SimulatedWorld;
  readonly #random: SeededRandom;
  #updates = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#random = world.random.stream('load');
  }

  start(): void {
    for (const { application } of this.#world.hosts) {
      // Also before there is a connection: what is asked for has to wait.
      for (let count = this.#random.integer(0, 2); count > 0; count--) this.#act(application);
      application.connect();
    }
  }

  /** Some calls now, some updates within the next `ms`. */
  step(ms: number): void {
    const { clock, hosts } = this.#world;
    for (let count = this.#random.integer(0, 2); count > 0; count--) this.#act(this.#random.pick(hosts).application);
    for (let count = this.#random.integer(0, 3); count > 0; count--) {
      clock.setArrival(() => this.publish(), this.#random.between(0, ms));
    }
  }

  publish(): void {
    const { plan, server } = this.#world;
    server.publish(this.#random.pick(plan.topics), ++this.#updates);
  }

  #act(application: Application): void {
    const random = this.#random;
    const dice = random.integer(1, 20);
    if (dice <= 7) {
      const retry = random.pick(['unsent', 'unsent', 'never', 'idempotent'] as const);
      application.request({ retry, isUrgent: random.chance(0.15) });
    } else if (dice <= 9) {
      application.send(undefined, random.chance(0.15));
    } else if (dice <= 15) {
      if (application.channels.size < MOST_CHANNELS) application.subscribe(random.pick(this.#world.plan.topics));
    } else if (dice <= 18) {
      const numbers = [...application.channels.keys()];
      if (numbers.length > 0) application.unsubscribe(random.pick(numbers));
    } else {
      const calls = [...application.calls.keys()];
      if (calls.length > 0) application.abort(random.pick(calls));
    }
  }
}
