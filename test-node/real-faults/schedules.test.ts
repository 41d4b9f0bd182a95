import { expect, it } from 'vitest';
import { type RealFault, realFaults } from './real-faults.js';
import { RealWorld } from './real-world.js';

/** `REAL_FAULT_SEEDS=200 npx vitest run test-node/real-faults/schedules.test.ts` runs more, `REAL_FAULT_SEED=7` one. */
const { REAL_FAULT_SEEDS = '12', REAL_FAULT_SEED } = process.env;
const seeds = REAL_FAULT_SEED
  ? [Number(REAL_FAULT_SEED)]
  : Array.from({ length: Number(REAL_FAULT_SEEDS) }, (_, n) => n + 1);
/** Of a busy host, for one schedule. */
const PATIENCE = 60_000;
const STEPS = 24;

/** A schedule has a pace of its own, at which things happen or not: nothing here waits for anything. */
function pace(world: RealWorld): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, world.random.integer(0, 12)));
}

/** Load all the time, and now and then one of those faults, which lasts for some steps. */
async function run(seed: number, faults: Readonly<Record<string, RealFault>>): Promise<RealWorld> {
  const world = await RealWorld.start(seed);
  const { random } = world;
  const mending: { name: string; at: number; mend: () => Promise<void> | void }[] = [];
  const mend = async (until: number) => {
    for (const due of mending.splice(0)) {
      if (due.at > until) {
        mending.push(due);
        continue;
      }
      await due.mend();
      world.heal(due.name);
    }
  };
  await world.load();
  world.connect();
  for (let step = 0; step < STEPS; step++) {
    await world.load();
    if (random.chance(0.3)) {
      const name = random.pick(Object.keys(faults));
      world.fault(name);
      const mendIt = faults[name]?.(world);
      if (mendIt) mending.push({ name, at: step + random.integer(1, 8), mend: mendIt });
    }
    await pace(world);
    await mend(step);
  }
  await mend(Infinity);
  await world.rest();
  await world.end();
  return world;
}

it.each(Object.keys(realFaults))(
  'two busy clients on real sockets keep every rule of the checker under: %s [R1, R4, R5, S2, S3, S4, S5, C1, C2, C3, C8, L1]',
  async (name) => {
    const world = await run(1, { [name]: realFaults[name] as RealFault });
    expect(world.report()).toBe('');
  },
  PATIENCE,
);

it.each(seeds)(
  'two busy clients on real sockets keep every rule of the checker under random faults: seed %i [R1, R2, R3, R4, R5, R6, R7, S1, S2, S3, S4, S5, S7, C1, C2, C3, C4, C5, C7, C8, L1]',
  async (seed) => {
    const world = await run(seed, realFaults);
    expect(world.report()).toBe('');
  },
  PATIENCE,
);
