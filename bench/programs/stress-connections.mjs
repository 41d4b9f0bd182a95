import { once } from 'node:events';
import { usedBytes } from '../lib/heap.mjs';
import { ask, measure } from '../lib/measure.mjs';
import { loadOurs } from '../lib/ours.mjs';

/** Timers and sockets that keep this process alive. */
const openResources = () =>
  process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name)).length;

/**
 * Clients that connect, ask, subscribe and close, several at a time; every fourth one closes in the middle of connecting.
 * Needs `--expose-gc`.
 * @param {{ url: string, count: number, atOnce: number }} options
 */
export default async function stressConnections({ url, count, atOnce }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  let wrong = 0;

  async function visit(number) {
    const client = new WebSocketClient({ url }, new GenericJsonHandler());
    const connected = client.connect().then(
      () => true,
      () => false,
    );
    if (number % 4 === 3) {
      await client.close();
      if (await connected) wrong++;
      return;
    }
    await connected;
    const call = client.request({ op: 'echo', args: number });
    await client.subscribe(`trades.${number}`);
    if ((await call) !== number) wrong++;
    await client.close();
  }
  async function visits(amount) {
    for (let first = 0; first < amount; first += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, amount - first) }, (_, index) => visit(first + index)));
    }
  }
  // Half as many first: what is compiled meanwhile is more than a megabyte, and no leak.
  await visits(count / 2);
  const resources = openResources();
  const before = await usedBytes();
  const { wall } = await measure(count * 1_000, () => visits(count));
  const growth = (await usedBytes()) - before;
  const left = openResources() - resources;
  const { open } = await noneLeft();
  return { wall, wrong, left, open, growth };
}

/** The server sees the end of the last sockets a moment later than we do. */
async function noneLeft() {
  const deadline = AbortSignal.timeout(10_000);
  const expired = once(deadline, 'abort');
  for (;;) {
    const state = await ask({ command: 'count' });
    if (state.open === 0 || deadline.aborted) return state;
    await Promise.race([expired, new Promise((resolve) => setImmediate(resolve))]);
  }
}
