import { SeededRandom } from 'hpx-transport-ws/testing';
import { convergenceBound, MINUTE, STORM } from './checker/progress.js';
import type { Violation } from './checker/rule.js';
import { FaultScheduler } from './fault-scheduler.js';
import { type Entry, render } from './history.js';
import { Load } from './load.js';
import { configOf, type Mode, type Plan, planOf } from './plan.js';
import { type SimulatedHost, SimulatedWorld } from './simulated-world.js';

export interface Run {
  readonly seed: number;
  readonly plan: Plan;
  readonly history: readonly Entry[];
  readonly violations: readonly Violation[];
}

/** Odd seeds are checked for progress, even ones for safety alone, unless the caller says otherwise. */
export function modeOf(seed: number): Mode {
  return seed % 2 === 0 ? 'safety' : 'liveness';
}

/** Runs the real client through one seed's world; the same seed gives the same history. */
export async function simulate(seed: number, mode: Mode = modeOf(seed)): Promise<Run> {
  const plan = planOf(new SeededRandom(seed).stream('plan'), mode);
  const world = new SimulatedWorld(seed, plan);
  await runFaults(world);
  if (mode === 'liveness') await converge(world);
  await end(world);
  return { seed, plan, history: world.recorder.history, violations: world.judges.flatMap((one) => one.violations) };
}

/** The history of a seed as text. */
export async function traceOf(seed: number, mode?: Mode): Promise<string> {
  const { history } = await simulate(seed, mode);
  return render(history);
}

async function runFaults(world: SimulatedWorld): Promise<void> {
  const { plan, hosts } = world;
  const random = world.random.stream('steps');
  const load = new Load(world);
  const faults = new FaultScheduler(world);
  load.start();
  for (let step = 0; step < plan.steps && !isBroken(world); step++) {
    const ms = waitOf(random);
    load.step(ms);
    faults.step();
    if (step === plan.closesAt) hosts[0]?.application.close({ drain: random.chance(0.3) });
    await world.wait(ms);
  }
  if (plan.mode === 'liveness') faults.stop();
}

/** Mostly short, so that things happen while others are under way; sometimes long enough for every timeout. */
function waitOf(random: SeededRandom): number {
  const dice = random.next();
  if (dice < 0.5) return random.between(0, 60);
  if (dice < 0.85) return random.between(60, 1_200);
  return random.between(1_200, 12_000);
}

/** Faults are over: every client that still lives has to come back within the bound, and to have what it wants. */
async function converge(world: SimulatedWorld): Promise<void> {
  const { clock, hosts, network, plan, recorder } = world;
  if (isBroken(world)) return;
  const load = new Load(world);
  recorder.write({ type: 'healed' });
  // After a storm of attempts the next one may have to wait for C5.
  const recent = network.attempts.filter((at) => at > clock.now() - MINUTE).length;
  await world.wait(convergenceBound(configOf(plan, hosts[0]?.url ?? '')));
  const isLate = hosts.some(({ client }) => client.state !== 'ready' && client.state !== 'closed');
  // A topic that was refused again and again has long delays.
  const isUnserved = hosts.some((host) => servedTo(world, host).length < host.application.wanted.size);
  if (isLate || isUnserved || recent >= STORM) await world.wait(MINUTE);
  load.publish();
  await world.wait(1_000);
  for (const host of hosts) {
    const { client, log } = host;
    if (client.state === 'closed') continue;
    log.write({ type: 'rest', state: client.state, served: servedTo(world, host) });
  }
}

/** What the server sends to a client. It may still have older connections whose end it has not noticed. */
function servedTo(world: SimulatedWorld, host: SimulatedHost): readonly string[] {
  const live = world.connectionsOf(host).at(-1);
  return live ? [...world.server.topicsOf(live)] : [];
}

/** Every client is closed, however bad the moment, and has to be gone. */
async function end(world: SimulatedWorld): Promise<void> {
  const { hosts, network } = world;
  const random = world.random.stream('end');
  // Some servers neither answer nor shake hands at the end.
  if (random.chance(0.4)) for (const connection of world.server.connections) connection.blackHole();
  for (const { application } of hosts) {
    application.request();
    application.close({ drain: random.chance(0.3), deadline: random.pick([50, 300, 1_000, 2_000]) });
  }
  // Throttled timers are late, and so is the end.
  await world.wait(2_500 + 3 * world.grid);
  await world.wait(5_000 + 3 * world.grid);
  for (const { log, runtime } of hosts) {
    log.write({
      type: 'end',
      timers: network.clock.pendingTimers,
      listeners: runtime.lifecycleListeners,
      sockets: network.sockets,
    });
  }
}

/** There is nothing to be learnt from what follows a violation. */
function isBroken(world: SimulatedWorld): boolean {
  return world.judges.some(({ violations }) => violations.length > 0);
}
