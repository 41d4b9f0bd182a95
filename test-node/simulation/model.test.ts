import fc from 'fast-check';
import { SeededRandom } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { convergenceBound } from './checker/progress.js';
import { render } from './history.js';
import { closing, commands, type Model, type Real } from './model-commands.js';
import { configOf, type Plan, planOf } from './plan.js';
import { SimulatedWorld } from './simulated-world.js';

const FILE = 'test-node/simulation/model.test.ts';
// The same cases in every run, unless another seed or more runs are asked for.
const { FC_SEED = '1', FC_PATH, FC_REPLAY_PATH, FC_RUNS = '100' } = process.env;

/** Only to end a run that hangs. */
const TIMEOUT = 120_000;

type Steps = Iterable<fc.AsyncCommand<Model, Real>>;

function planFor(seed: number): Plan {
  return { ...planOf(new SeededRandom(seed), 'liveness'), clients: 1, families: new Set(), topics: ['a', 'b', 'c'] };
}

function start(seed: number): { model: Model; real: Real } {
  const world = new SimulatedWorld(seed, planFor(seed));
  const [host] = world.hosts;
  if (!host) throw new Error('There is no client.');
  return { model: { wanted: new Map(), connected: false, closed: false }, real: { world, host } };
}

/** When nothing fails any more the server has what the model says, and after `close()` nothing is left. */
async function converge({ world, host }: Real, model: Model): Promise<void> {
  world.network.admission = 'accept';
  if (!model.closed) host.application.connect();
  world.recorder.write({ type: 'healed' });
  await world.wait(convergenceBound(configOf(world.plan, host.url)) + 60_000);
  const live = world.connectionsOf(host).at(-1);
  const served = live ? [...world.server.topicsOf(live)] : [];
  expect(served.sort()).toEqual([...new Set(model.wanted.values())].sort());
  host.application.close();
  await world.wait(5_000);
  expect(world.clock.pendingTimers).toBe(0);
  expect(world.judges.flatMap(({ violations }) => violations)).toEqual([]);
}

/** What fast-check says, the trace of the smallest case, and how to see it again. */
async function report(details: fc.RunDetails<[number, Steps]>): Promise<void> {
  const { counterexample, counterexamplePath, failed, seed } = details;
  if (!failed || !counterexample) return;
  const [worldSeed, steps] = counterexample;
  const { model, real } = start(worldSeed);
  await fc.asyncModelRun(() => ({ model, real }), steps).catch(() => {});
  const replayPath = /replayPath="([^"]*)"/.exec(String(steps))?.[1] ?? '';
  throw new Error(
    [
      fc.defaultReportMessage(details),
      render(real.world.recorder.history),
      `Replay: FC_SEED=${seed} FC_PATH='${counterexamplePath}' FC_REPLAY_PATH='${replayPath}' npx vitest run ${FILE}`,
    ].join('\n'),
  );
}

describe('the client against a model', () => {
  it(
    'holds under any order of calls and network events [R1, R4, R5, R6, S2, S3, S4, C1, C2, C8, L1]',
    async () => {
      // Twice, so that a close is rare.
      const steps = fc.commands([...commands, ...commands, closing], {
        maxCommands: 40,
        ...(FC_REPLAY_PATH && { replayPath: FC_REPLAY_PATH }),
      });
      await fc.assert(
        fc.asyncProperty(fc.nat(), steps, async (seed, list) => {
          const { model, real } = start(seed);
          await fc.asyncModelRun(() => ({ model, real }), list);
          await converge(real, model);
        }),
        {
          numRuns: Number(FC_RUNS),
          asyncReporter: report,
          seed: Number(FC_SEED),
          ...(FC_PATH && { path: FC_PATH }),
        },
      );
    },
    TIMEOUT,
  );
});
