import { connectWorker } from 'hpx-transport-ws-worker-built';

/**
 * Our client in a worker: conflated there, and the page gets what changed 60 times a second.
 * @type {import('./page.mjs').Feed}
 */
export async function worker(url, topics, prices, counters) {
  const thread = new Worker(`/worker.js?${new URLSearchParams({ url })}`);
  const client = await connectWorker(thread);
  await client.connect();
  for (const channel of await client.subscribeMany(topics, { overflow: 'latest' })) {
    channel.on('message', ({ price }) => prices.set(channel.topic, price));
  }
  return async () => {
    const { received, parsed } = await askWorker('counts');
    counters.received += received;
    counters.parsed += parsed;
    await client.close();
    thread.terminate();
  };
}

/** Beside the client: the counts of the client in the worker at this moment. */
async function askWorker(question) {
  const channel = new BroadcastChannel('bench');
  const answer = new Promise((resolve) => {
    channel.onmessage = ({ data }) => resolve(data);
  });
  channel.postMessage(question);
  const counts = await answer;
  channel.close();
  return counts;
}
