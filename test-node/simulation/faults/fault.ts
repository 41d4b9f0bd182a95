import type { SeededRandom } from 'hpx-transport-ws/testing';
import type { SimulatedWorld } from '../simulated-world.js';

/** Something that goes wrong; what it returns ends it, where it does not end by itself. */
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
