import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';

it('waitFor() resolves when the server has handled the message', async () => {
  await using server = await MockWebSocketServer.start();
  await using client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
  const subscribed = server.waitFor('the subscription', () => server.subscriptions.has('trades.BTC'));
  await client.subscribe('trades.BTC');
  expect(await subscribed).toBe(true);
});
