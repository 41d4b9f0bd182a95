import { usedBytes } from '../lib/heap.mjs';
import { measure } from '../lib/measure.mjs';
import { loadOurs } from '../lib/ours.mjs';

/**
 * Many requests at once, answered out of order. Needs `--expose-gc`.
 * @param {{ url: string, count: number, rounds: number }} options
 */
export default async function stressRequests({ url, count, rounds }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  // More at once than the socket takes: the rest waits in the client.
  const config = { url, maxPendingRequests: count, commandChannelCapacity: count };
  const client = await WebSocketClient.connect(config, new GenericJsonHandler());
  let wrong = 0;

  async function round() {
    const calls = Array.from({ length: count }, (_, index) => client.request({ op: 'reverse', args: index }));
    const answers = await Promise.all(calls);
    for (let index = 0; index < count; index++) if (answers[index] !== index) wrong++;
  }
  await round();
  const before = await usedBytes();
  const { wall } = await measure(count * rounds, async () => {
    for (let index = 0; index < rounds; index++) await round();
  });
  const left = client.stats().pendingRequests;
  const growth = (await usedBytes()) - before;
  await client.close();
  return { wall, wrong, left, growth };
}
