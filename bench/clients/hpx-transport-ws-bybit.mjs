import { loadOurs } from '../lib/ours.mjs';

/**
 * Our built package with its handler for Bybit: the wire protocol of bybit-api. A request is an order. The venue's limit of 3,000
 * orders per second is off: bybit-api does not know it.
 */
export async function open(url) {
  const { WebSocketClient } = await loadOurs();
  const { BybitHandler } = await loadOurs('handlers/bybit');
  const client = await WebSocketClient.connect({ url, maxPendingRequests: 20_000 }, new BybitHandler());
  // The client catches what a listener throws.
  client.on('error', (error) => queueMicrotask(() => Promise.reject(error)));
  class TradeHandler extends BybitHandler {
    limits = { topicsPerFrame: 10 };
  }
  const credentials = { endpoint: 'trade', apiKey: 'key', secret: 'secret' };
  let trading;
  return {
    client,
    subscribe: async (topics, listener) => {
      for (const channel of await client.subscribeMany(topics)) channel.on('message', listener);
    },
    request: async (value) => {
      trading ??= WebSocketClient.connect({ url, maxPendingRequests: 20_000 }, new TradeHandler(credentials));
      const { qty } = await (await trading).request({ op: 'order.create', args: [{ qty: value }] });
      return qty;
    },
    close: async () => {
      await client.close();
      await (await trading)?.close();
    },
  };
}
