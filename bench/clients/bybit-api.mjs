import { WebsocketClient } from 'bybit-api';

const silent = { trace: () => {}, info: () => {}, error: () => {} };

/** Hands every update to one `update` listener, which finds out what it is. A request is an order. */
export async function open(url) {
  const settings = { wsUrl: url, key: 'key', secret: 'secret', promiseSubscribeRequests: true };
  const client = new WebsocketClient(settings, silent);
  const listeners = new Map();
  client.on('exception', () => {});
  client.on('update', (update) => listeners.get(update.topic)?.(update.data));
  await client.connect('v5LinearPublic');
  let trading;
  return {
    subscribe: (topics, listener) => {
      for (const topic of topics) listeners.set(topic, listener);
      return Promise.all(client.subscribeV5([...topics], 'linear'));
    },
    request: async (value) => {
      trading ??= client.connectWSAPI();
      await trading;
      const { data } = await client.sendWSAPIRequest('v5PrivateTrade', 'order.create', { qty: value });
      return data.qty;
    },
    close: () => client.closeAll(true),
  };
}
