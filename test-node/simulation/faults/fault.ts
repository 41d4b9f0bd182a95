import type { SeededRandom } from 'hpx-transport-ws/testing';
import type { SimulatedWorld } from '../simulated-world.js';

/** A fault. It returns a function that ends the fault, unless the fault ends alone. */
export interface Fault {
  readonly name: string;
  /** Milliseconds after which it may end; by default anything from moments to many timeouts. */
  readonly lasts?: readonly number[];
  readonly strike: (world: SimulatedWorld, random: SeededRandom) => (() => void) | undefined;
}

/** Of a fault that is over as soon as it has happened. */
export function once(name: string, happen: (world: SimulatedWorld, random: SeededRandom) => void): Fault {
  return {
    name,
    strike: (world, random) => {
      happen(world, random);
      return undefined;
    },
  };
}
