// What a process of check-frames.mjs does: node frames-program.mjs <from> <count>, or one seed: frames-program.mjs <seed>
import { compareInMemory, compareMany, describeDifference } from './run-stream.js';
import { planStream } from './stream-plan.js';
import { StreamServer } from './stream-server.js';

/** One stream in so many also runs over a real connection. */
const NETWORK_SHARE = 40;
/** Differences that are printed. */
const SHOWN = 3;

const [from = 0, count] = process.argv.slice(2).map(Number);
process.exitCode = count === undefined ? await replay(from) : await run(from, count);

async function replay(seed: number): Promise<number> {
  const comparison = await compareInMemory(planStream(seed));
  console.log(comparison.expected.join('\n'));
  console.log(comparison.differs ? `\n${describeDifference(comparison)}` : `\nseed ${seed}: both are the same`);
  return comparison.differs ? 1 : 0;
}

async function run(first: number, streams: number): Promise<number> {
  const differing = await compareMany(first, streams, compareInMemory);
  for (const scheme of ['ws', 'wss'] as const) {
    const server = await StreamServer.start(scheme);
    differing.push(...(await compareMany(first, Math.ceil(streams / NETWORK_SHARE), server.compare)));
    await server.stop();
  }
  for (const comparison of differing.slice(0, SHOWN)) console.log(`${describeDifference(comparison)}\n`);
  const seeds = new Set(differing.map(({ plan }) => plan.seed));
  process.send?.({ count: streams, seeds: [...seeds] });
  return seeds.size > 0 ? 1 : 0;
}
