import type { SeededRandom } from 'hpx-transport-ws/testing';
import { connectFaults } from './faults/connect.js';
import { dataFaults } from './faults/data.js';
import type { Fault } from './faults/fault.js';
import { fieldFaults } from './faults/field.js';
import { hostFaults } from './faults/host.js';
import { lifeFaults } from './faults/life.js';
import { serverFaults } from './faults/server.js';
import { userFaults } from './faults/user.js';
import { FAMILIES, type Family } from './plan.js';
import type { SimulatedWorld } from './simulated-world.js';

export const faultsOf: Readonly<Record<Family, readonly Fault[]>> = {
  connect: connectFaults,
  life: lifeFaults,
  data: dataFaults,
  server: serverFaults,
  host: hostFaults,
  user: userFaults,
  field: fieldFaults,
};

const LASTS = [20, 500, 3_000, 12_000];

interface Lasting {
  readonly name: string;
  readonly until: number;
  readonly heal: () => void;
}

/** Brings the faults of the families that the plan allows, and takes them away again. */
export class FaultScheduler {
  readonly #world: SimulatedWorld;
  readonly #random: SeededRandom;
  readonly #faults: readonly Fault[];
  #lasting: Lasting[] = [];

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#random = world.random.stream('faults');
    const families = FAMILIES.filter((family) => world.plan.families.has(family));
    this.#faults = families.flatMap((family) => [...faultsOf[family]]);
  }

  /** One step: what is over ends, and perhaps something else begins. */
  step(): void {
    const { clock, plan } = this.#world;
    this.#heal(({ until }) => until <= clock.now());
    if (this.#faults.length === 0 || !this.#random.chance(plan.faultiness)) return;
    this.#strike(this.#random.pick(this.#faults));
  }

  /** Ends all that lasts. */
  stop(): void {
    this.#heal(() => true);
    this.#world.server.refuseLogins = { times: 0 };
  }

  #strike({ name, strike, lasts = LASTS }: Fault): void {
    const { clock, recorder } = this.#world;
    recorder.write({ type: 'fault', name });
    const heal = strike(this.#world, this.#random);
    const until = clock.now() + this.#random.pick(lasts);
    if (heal) this.#lasting.push({ name, until, heal });
  }

  #heal(isOver: (lasting: Lasting) => boolean): void {
    const over = this.#lasting.filter(isOver);
    this.#lasting = this.#lasting.filter((lasting) => !over.includes(lasting));
    for (const { name, heal } of over) {
      this.#world.recorder.write({ type: 'heal', name });
      heal();
    }
  }
}
