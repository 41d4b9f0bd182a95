import { connectWorker } from 'hpx-transport-ws/worker';

/** Shows the newest price of one topic, as apps/live.js does, with the client in a worker. */
export async function showPrices(element, url, worker) {
  worker.postMessage({ url });
  const client = connectWorker(worker);
  await client.connect();
  const trades = await client.subscribe('trades');
  for await (const { price } of trades) element.textContent = `price ${price}`;
}
