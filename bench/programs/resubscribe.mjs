import { command } from '../lib/measure.mjs';
import { median } from '../lib/statistics.mjs';
import { topicNames } from '../lib/update.mjs';

/**
 * From a drop until authenticated and all topics confirmed again, in milliseconds; the median of several drops.
 * @param {{ url: string, client: string, count: number, drops: number }} options
 */
export default async function resubscribe({ url, client, count, drops }) {
  const { start } = await import(`../clients/${client}.mjs`);
  let completed;
  const complete = () => new Promise((resolve) => (completed = resolve));
  const first = complete();
  await start(url, topicNames(count), () => completed());
  await first;
  const times = [];
  const cpus = [];
  for (let drop = 0; drop < drops + 2; drop++) {
    const again = complete();
    const begin = performance.now();
    const cpu = process.cpuUsage();
    command({ command: 'drop' });
    await again;
    times.push(performance.now() - begin);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1_000);
  }
  // The first two run code that is not compiled yet.
  return { wall: median(times.slice(2)), cpu: median(cpus.slice(2)) };
}
