import { watchEventLoop } from '../lib/event-loop.mjs';
import { median } from '../lib/statistics.mjs';
import { topicNames } from '../lib/update.mjs';

/**
 * Subscribes 10,000 topics at once: how long the event loop is blocked and how long it takes, the first time in this
 * process, as at the start of an application; and how the time grows with the number of topics, once it is warm.
 * @param {{ url: string, client: string, clientOptions?: object, count: number, rounds: number }} options - `rounds`
 *   count, after as many that warm up
 */
export default async function subscribe({ url, client: name, clientOptions, count, rounds }) {
  const { open } = await import(`../clients/${name}.mjs`);

  async function once(amount, watch) {
    const client = await open(url, clientOptions);
    const topics = topicNames(amount);
    const loop = watch?.();
    const cpu = process.cpuUsage();
    const start = performance.now();
    await client.subscribe(topics, () => {});
    const total = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const blocks = loop?.stop();
    await client.close();
    return { total, cpu: (user + system) / 1_000, ...blocks };
  }
  const { total, longest, longestCpu } = await once(count, watchEventLoop);
  const few = [];
  const many = [];
  for (let round = 0; round < 2 * rounds; round++) {
    // Without the watch, which keeps the CPU busy.
    many.push(await once(count));
    few.push(await once(count / 10));
  }
  const warm = (results, key) => median(results.slice(rounds).map((result) => result[key]));
  const cpu = warm(many, 'cpu');
  const growth = warm(many, 'total') / warm(few, 'total');
  return { total, longest, longestCpu, cpu, growth };
}
