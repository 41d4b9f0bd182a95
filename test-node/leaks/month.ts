import { SeededRandom } from 'hpx-transport-ws/testing';
import { echoNetwork } from './echo-network.js';
import { heapInUse } from './heap-meter.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type World = Awaited<ReturnType<typeof echoNetwork>>;

/** Faults of a night or an hour. Each fault repairs what it broke. */
const faults: Readonly<Record<string, (world: World, random: SeededRandom) => Promise<void> | void>> = {
  drop: ({ network }) => network.connections.at(-1)?.terminate(),
  reset: ({ network }) => network.connections.at(-1)?.reset(),
  restart: ({ network }) => network.connections.at(-1)?.close(1_012, 'restart'),
  'half-open line': ({ network }, random) =>
    network.connections.at(-1)?.blackHole(random.pick(['to-client', 'to-server', 'both'])),
  stall: async ({ network, clock }, random) => {
    const connection = network.connections.at(-1);
    connection?.stall();
    await clock.advance(random.integer(1, 5 * MINUTE));
    connection?.release();
  },
  outage: async ({ network, clock }, random) => {
    network.admission = random.pick(['refuse', 'hang', { status: 503 }, { status: 429, retryAfter: 20_000 }]);
    network.connections.at(-1)?.terminate();
    await clock.advance(random.integer(1, 20 * MINUTE));
    network.admission = 'accept';
  },
  'hidden page': async ({ clock, runtime }, random) => {
    clock.throttle(random.pick([1_000, MINUTE]));
    await clock.advance(random.integer(MINUTE, HOUR));
    clock.throttle(0);
    runtime.wake('visible');
  },
  sleep: async ({ clock, runtime }, random) => {
    runtime.sleep('freeze');
    await clock.jump(random.integer(MINUTE, 2 * HOUR));
    runtime.wake('resume');
  },
  'online and offline': async ({ clock, runtime }, random) => {
    for (let count = random.integer(1, 50); count > 0; count--) {
      runtime.sleep('offline');
      runtime.wake('online');
      await clock.advance(random.integer(0, 2_000));
    }
  },
  'wall clock': ({ clock }, random) => clock.stepWall(random.integer(-HOUR, HOUR)),
  pause: async ({ client, clock }, random) => {
    client.pause();
    await clock.advance(random.integer(1, 2 * MINUTE));
    client.resume();
  },
};

/** What is wrong at the end of one day, in words; and what the heap holds. */
export interface Day {
  readonly defects: readonly string[];
  readonly heap: number;
  readonly reconnects: number;
}

/** Lives with one client for so many simulated days, with default settings and faults every hour, and judges each day. */
export async function* live(days: number, seed: number): AsyncGenerator<Day> {
  const world = await echoNetwork();
  const { client, clock, network } = world;
  const random = new SeededRandom(seed);
  const wanted = new Map<string, () => unknown>();
  let unsettled = 0;
  const subscribe = (topic: string) => {
    const controller = new AbortController();
    wanted.set(topic, () => controller.abort());
    client.subscribe(topic, { signal: controller.signal, timeout: Infinity }).then(
      (channel) => channel.on('message', () => {}),
      () => {},
    );
  };
  const call = () => {
    unsettled++;
    const settled = () => void unsettled--;
    const op = random.chance(0.9) ? 'echo' : 'never';
    client.request({ op }, { retry: random.pick(['never', 'unsent', 'idempotent']) }).then(settled, settled);
  };
  for (let day = 0; day < days; day++) {
    const before = client.stats().reconnects;
    for (let hour = 0; hour < 23; hour++) {
      const fault = random.pick(Object.keys(faults));
      for (let minute = 0; minute < 60; minute++) {
        call();
        const topic = `topic.${random.integer(0, 40)}`;
        const release = wanted.get(topic);
        wanted.delete(topic);
        if (release) release();
        else subscribe(topic);
        for (const served of network.connections.length > 0 ? world.served : [])
          network.connections.at(-1)?.sendJson({ topic: served, data: minute });
        if (minute === 30) await faults[fault]?.(world, random);
        await clock.advance(MINUTE);
      }
    }
    await clock.advance(HOUR);
    // Behind a half-open line the server still believes in a connection, and would hold it for ever.
    for (const dead of network.connections.slice(0, -1)) dead.terminate();
    await clock.advance(MINUTE);
    yield {
      defects: defectsOf(world, wanted, unsettled),
      heap: await heapInUse(),
      reconnects: client.stats().reconnects - before,
    };
  }
  await world.close();
  if (clock.pendingTimers + network.sockets + world.runtime.lifecycleListeners > 0)
    yield { defects: ['close() left something behind'], heap: await heapInUse(), reconnects: 0 };
}

/** An hour after the last fault nothing may be left of a day. */
function defectsOf(world: World, wanted: ReadonlyMap<string, unknown>, unsettled: number): string[] {
  const { client, clock, network } = world;
  const { state, pendingRequests, waitingCalls, subscriptions } = client.stats();
  const defects: string[] = [];
  const expect = (what: string, is: unknown, wants: unknown) => {
    if (String(is) !== String(wants)) defects.push(`${what}: ${String(is)} instead of ${String(wants)}`);
  };
  expect('state', state, 'ready');
  expect('pending requests', pendingRequests, 0);
  expect('waiting calls', waitingCalls, 0);
  expect('unsettled calls', unsettled, 0);
  expect('sockets', network.sockets, 1);
  expect('topics', subscriptions, wanted.size);
  if (state === 'ready') expect('served', [...world.served].sort(), [...wanted.keys()].sort());
  // The heartbeat's, and at most one for requests.
  if (clock.pendingTimers > 2) defects.push(`timers: ${clock.pendingTimers}`);
  return defects;
}
