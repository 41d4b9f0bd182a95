import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

const url = new URLSearchParams(location.search).get('url');
WebSocketClient.connect({ url }, new GenericJsonHandler()).then(async (client) => {
  const trades = await client.subscribe('trades');
  trades.on('message', ({ price }) => {
    document.body.textContent = `price ${price}`;
  });
  await client.request({ op: 'publish' });
});
