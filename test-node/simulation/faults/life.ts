import type { SimulatedReports } from '../../../src/testing/simulation/simulated-line.js';
import { FATAL_CODE } from '../plan.js';
import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

const CODES = [
  1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4999,
];

/** What sockets tell of their end for a while; those that are open are reset under it. */
const unsound = (name: string, reports: (world: SimulatedWorld) => Partial<SimulatedReports>): Fault => ({
  name,
  strike: (world, random) => {
    const { network, server } = world;
    const chosen = reports(world);
    Object.assign(network.reports, chosen);
    for (const connection of server.connections) {
      Object.assign(connection.reports, chosen);
      if (random.chance(0.5)) connection.reset();
      else connection.terminate();
    }
    return () => void Object.assign(network.reports, { error: true, closes: 1, closeDelay: 0 });
  },
});

export const lifeFaults: readonly Fault[] = [
  {
    name: 'life: opens and closes',
    strike: ({ server, clock }, random) => {
      const code = random.pick(CODES);
      const delay = random.pick([0, 0, 5, 300]);
      server.onConnection = (connection) => void clock.setArrival(() => connection.close(code), delay);
      return () => {
        server.onConnection = () => {};
      };
    },
  },
  once('life: closed', ({ server }, random) => {
    for (const connection of server.connections) connection.close(random.pick(CODES), 'as the fault wants it');
  }),
  once('life: closed for good', ({ server }, random) => {
    if (!random.chance(0.4)) return server.drop();
    for (const connection of server.connections) connection.close(FATAL_CODE);
  }),
  once('life: dropped', ({ server }) => server.drop()),
  once('life: reset', ({ server }) => {
    for (const connection of server.connections) connection.reset();
  }),
  once('life: twice', ({ server, clock }, random) => {
    server.drop();
    clock.setArrival(() => server.drop(), random.integer(1, 400));
    clock.setArrival(() => server.drop(), random.integer(1, 1_500));
  }),
  unsound('life: error without close', () => ({ error: true, closes: 0 })),
  unsound('life: close without error', () => ({ error: false })),
  unsound('life: closes twice', () => ({ closes: 2, closeDelay: 20 })),
  unsound('life: closes late', ({ random }) => ({ closes: 2, closeDelay: random.integer(1_000, 180_000) })),
  {
    name: 'life: ghosts',
    strike: (world) => {
      world.isHaunted = true;
      return () => {
        world.isHaunted = false;
      };
    },
  },
];
