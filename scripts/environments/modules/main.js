import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';

const url = new URLSearchParams(location.search).get('url');
const client = await WebSocketClient.connect({ url }, new GenericJsonHandler(), browserRuntime);
const trades = await client.subscribe('trades');
trades.on('message', ({ price }) => {
  document.body.textContent = `price ${price}`;
});
await client.request({ op: 'publish' });
