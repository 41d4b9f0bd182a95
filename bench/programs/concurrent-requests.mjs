import { measure } from '../lib/measure.mjs';
import { median } from '../lib/statistics.mjs';

/**
 * Many requests at once, several times over: time per request, in microseconds.
 * @param {{ url: string, client: string, count: number, rounds: number }} options
 */
export default async function concurrentRequests({ url, client: name, count, rounds }) {
  const { open } = await import(`../clients/${name}.mjs`);
  const client = await open(url);
  const all = async () => {
    const calls = Array.from({ length: count }, (_, index) => client.request(index));
    const answers = await Promise.all(calls);
    const wrong = answers.findIndex((answer, index) => answer !== index);
    if (wrong !== -1) throw new Error(`${name}: ${JSON.stringify(answers[wrong])} answers ${wrong}`);
  };
  for (let round = 0; round < rounds / 4; round++) await all();
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await measure(count, all));
  return { wall: median(results.map(({ wall }) => wall)), cpu: median(results.map(({ cpu }) => cpu)) };
}
