import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

/** What each app does in the browser: shows the newest price of one topic. */
export async function showPrices(element, url) {
  const client = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  const trades = await client.subscribe('trades');
  for await (const { price } of trades) element.textContent = `price ${price}`;
}
