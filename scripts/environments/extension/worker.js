import { GenericJsonHandler, WebSocketClient } from './package/browser/index.js';

/** Called by the check. */
globalThis.run = async (url) => {
  const client = await WebSocketClient.connect({ url, pingInterval: 20_000 }, new GenericJsonHandler());
  const trades = await client.subscribe('trades');
  const price = new Promise((resolve) => {
    trades.once('message', (trade) => resolve(trade.price));
  });
  await client.request({ op: 'publish' });
  const seen = await price;
  await client.close();
  return seen;
};
