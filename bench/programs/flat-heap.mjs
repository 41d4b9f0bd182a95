import { usedBytes } from '../lib/heap.mjs';
import { command } from '../lib/measure.mjs';
import { loadOurs } from '../lib/ours.mjs';
import { median } from '../lib/statistics.mjs';
import { topicNames } from '../lib/update.mjs';
import { END } from '../servers/block-writer.mjs';

/** Samples of the heap in each part. */
const SAMPLES = 20;

/**
 * Whether the heap grows, in bytes, over many updates, requests and reconnects of one client. Needs `--expose-gc`.
 * @param {{ url: string, updates: number, requests: number, reconnects: number }} options
 */
export default async function flatHeap({ url, updates, requests, reconnects }) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const config = { url, reconnectInitialDelay: 0, reconnectMaxDelay: 0 };
  const client = await WebSocketClient.connect(config, new GenericJsonHandler());
  let received = 0;
  let ended;
  let isDone = false;
  for (const channel of await client.subscribeMany(topicNames())) channel.on('message', () => received++);
  (await client.subscribe(END)).on('message', () => ended());

  client.on('closed', ({ reason, error }) => {
    // The client catches what a listener throws.
    if (!isDone) queueMicrotask(() => Promise.reject(new Error(`unexpected end: ${reason}`, { cause: error })));
  });

  const receive = (count) =>
    new Promise((resolve) => {
      ended = resolve;
      command({ command: 'updates', count });
    });
  const request = async (count) => {
    for (let done = 0; done < count; done += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, index) => client.request({ op: 'echo', args: index })));
    }
  };
  const reconnect = async (count) => {
    for (let done = 0; done < count; done++) {
      const again = new Promise((resolve) => client.once('reconnected', resolve));
      client.reconnect('bench');
      await again;
    }
  };
  const result = {
    updates: await growth(() => receive(updates / SAMPLES)),
    requests: await growth(() => request(requests / SAMPLES)),
    reconnects: await growth(() => reconnect(reconnects / SAMPLES)),
  };
  const { reconnects: counted } = client.stats();
  isDone = true;
  await client.close();
  return { ...result, missed: Math.max(0, updates - received) + Math.max(0, reconnects - counted) };
}

/** Growth of the heap from early samples to the last samples. The first quarter is warm-up: code is still compiled. */
async function growth(work) {
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await work();
    samples.push(await usedBytes());
  }
  return median(samples.slice(-5)) - median(samples.slice(5, 10));
}
