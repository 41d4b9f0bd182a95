import { MemoryLink } from './memory-link.js';
import { actingClient, type OpenClient, openAdapter, openWs, waitFor } from './recorded-client.js';
import { planStream, type StreamPlan } from './stream-plan.js';

/** Streams that run at the same time. */
const AT_ONCE = 16;

/** Runs one stream twice. */
export type Compare = (plan: StreamPlan) => Promise<Comparison>;

/** Two clients that should have told the same. */
export interface Comparison {
  readonly plan: StreamPlan;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly differs: boolean;
}

/** Runs the streams of many seeds, some at a time. Returns those that differ. */
export async function compareMany(from: number, count: number, compare: Compare): Promise<Comparison[]> {
  const differing: Comparison[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const comparison = await compare(planStream(next++));
      if (comparison.differs) differing.push(comparison);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return differing;
}

/** What a person needs to see of a difference. */
export function describeDifference({ plan, expected, actual }: Comparison): string {
  const at = expected.findIndex((line, index) => line !== actual[index]);
  const from = Math.max(0, (at < 0 ? expected.length : at) - 2);
  const shown = (log: readonly string[]) => log.slice(from, from + 4).map((line) => `    ${line.slice(0, 200)}`);
  const deeds = [...plan.deeds].map(([event, deed]) => `${deed} at event ${event}`).join(', ');
  return [
    `seed ${plan.seed} (${JSON.stringify(plan.options)}, maxMessageSize ${plan.maxMessageSize}, ${deeds || 'no deeds'}):`,
    '  ws alone:',
    ...shown(expected),
    '  adapter:',
    ...shown(actual),
  ].join('\n');
}

/** Runs a stream with ws alone and with our adapter, read by read in the same places. */
export async function compareInMemory(plan: StreamPlan): Promise<Comparison> {
  const expected = await runInMemory(openWs, plan);
  const actual = await runInMemory(openAdapter, plan);
  return compared(plan, expected, actual);
}

export function compared(plan: StreamPlan, expected: readonly string[], actual: readonly string[]): Comparison {
  const differs = expected.length !== actual.length || expected.some((line, index) => line !== actual[index]);
  return { plan, expected, actual, differs };
}

/** Each event with the number of the read that brought it, and at the end all bytes that the client wrote. */
async function runInMemory(openClient: OpenClient, plan: StreamPlan): Promise<string[]> {
  const log: string[] = [];
  const early = Buffer.concat(plan.reads.slice(0, plan.early).map(({ bytes }) => bytes));
  let upgraded = (): void => {};
  const isUpgraded = new Promise<void>((resolve) => {
    upgraded = resolve;
  });
  const link = new MemoryLink(early, upgraded);
  // Only to end early: no test depends on it.
  link.on('error', () => {});
  let read = 0;
  let closed = (): void => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const client = actingClient(openClient, 'ws://memory', plan, { createConnection: () => link }, (line) => {
    // Our adapter holds writes back within a turn, so that its closing handshake may end with another read.
    const isClose = line.startsWith('close');
    log.push(isClose ? line : `${read}: ${line}`);
    if (isClose) closed();
  });
  await isUpgraded;
  for (const { bytes, wait } of plan.reads.slice(plan.early)) {
    read++;
    if (!link.readableEnded && !link.destroyed) link.push(bytes);
    // Without any wait the next read comes in the same turn, as with several records of TLS.
    if (wait !== 'none') await waitFor(wait);
  }
  await waitFor('turn');
  read++;
  // A client that is paused for ever would not see the end.
  client.resume();
  await waitFor('turn');
  if (plan.end === 'end') link.finish();
  else link.destroy();
  await isClosed;
  await waitFor('turn');
  // After terminate() our adapter drops what it held back within one turn, and ws alone does not hold anything back.
  if (![...plan.deeds.values()].includes('terminate')) log.push(`written ${link.written.toString('hex')}`);
  return log;
}
