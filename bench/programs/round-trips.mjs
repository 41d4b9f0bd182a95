import { measure } from '../lib/measure.mjs';
import { median } from '../lib/statistics.mjs';

/**
 * Requests one at a time: the median round trip, in microseconds.
 * @param {{ url: string, client: string, count: number }} options
 */
export default async function roundTrips({ url, client: name, count }) {
  const { open } = await import(`../clients/${name}.mjs`);
  const client = await open(url);
  const times = new Array(count);
  const loop = async (amount) => {
    for (let index = 0; index < amount; index++) {
      const start = performance.now();
      const answer = await client.request(index);
      times[index] = (performance.now() - start) * 1_000;
      if (answer !== index) throw new Error(`${name}: ${JSON.stringify(answer)} answers ${index}`);
    }
  };
  await loop(count / 4);
  const { cpu } = await measure(count, () => loop(count));
  return { wall: median(times), cpu };
}
