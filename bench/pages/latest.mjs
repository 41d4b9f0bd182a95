import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws-built';

/**
 * Our client: conflated to the newest update of each topic, 60 times a second.
 * @type {import('./page.mjs').Feed}
 */
export async function latest(url, topics, prices, counters) {
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  for (const channel of await client.subscribeMany(topics, { overflow: 'latest' })) {
    channel.on('message', ({ price }) => prices.set(channel.topic, price));
  }
  const { received, parsed } = client.stats();
  return () => {
    const after = client.stats();
    counters.received += after.received - received;
    counters.parsed += after.parsed - parsed;
    return client.close();
  };
}
