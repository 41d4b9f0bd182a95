import type { SimulatedWorld } from '../simulated-world.js';
import { type Fault, once } from './fault.js';

const HOUR = 3_600_000;

const throttled = (grid: number): Fault => ({
  name: `host: timers every ${grid / 1_000} s`,
  strike: (world) => {
    throttle(world, grid);
    return () => throttle(world, 0);
  },
});

function throttle(world: SimulatedWorld, grid: number): void {
  world.grid = grid;
  world.recorder.write({ type: 'throttle', grid });
  world.clock.throttle(grid);
}

function wake(world: SimulatedWorld, cause: string): void {
  world.recorder.write({ type: 'wake', cause });
  for (const { runtime } of world.hosts) runtime.wake(cause);
}

function sleep(world: SimulatedWorld, cause: string): void {
  world.recorder.write({ type: 'sleep', cause });
  for (const { runtime } of world.hosts) runtime.sleep(cause);
}

/** The next step is a jump instead of a wait. */
const jumps = (name: string, ms: (world: SimulatedWorld) => number, tells: boolean): Fault =>
  once(name, (world) => {
    if (tells) sleep(world, 'freeze');
    world.jump = ms(world);
    if (tells) world.afterJump = () => wake(world, 'resume');
  });

export const hostFaults: readonly Fault[] = [
  throttled(1_000),
  throttled(60_000),
  jumps('host: event loop blocked', ({ random }) => random.integer(100, 20_000), false),
  jumps('host: frozen', ({ random }) => random.integer(1_000, 60_000), true),
  jumps('host: sleeps for hours', ({ random }) => random.integer(1, 10) * HOUR, true),
  once('host: wakes', (world, random) => wake(world, random.pick(['online', 'visible', 'resume', 'pageshow']))),
  {
    name: 'host: storm of online and offline',
    strike: (world, random) => {
      let isOver = false;
      const storm = () => {
        if (isOver) return;
        sleep(world, 'offline');
        wake(world, 'online');
        world.clock.setArrival(storm, random.integer(1, 500));
      };
      storm();
      return () => {
        isOver = true;
      };
    },
  },
  {
    name: 'host: offline',
    // Long enough for delays that a wake has to shorten.
    lasts: [500, 12_000, 30_000],
    strike: (world) => {
      sleep(world, 'offline');
      world.network.admission = 'refuse';
      world.server.drop();
      return () => {
        world.network.admission = 'accept';
        wake(world, 'online');
      };
    },
  },
  once('host: wall clock steps', (world, random) => {
    const ms = random.pick([-HOUR, -1_000, HOUR]);
    world.recorder.write({ type: 'wall', ms });
    world.clock.stepWall(ms);
  }),
];
