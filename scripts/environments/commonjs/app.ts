import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

async function main(): Promise<void> {
  const server = await MockWebSocketServer.start();
  const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler<{ trades: number }>());
  const trades = await client.subscribe('trades');
  const loop = trades[Symbol.asyncIterator]();
  server.publish('trades', 7);
  const { value } = await loop.next();
  await client.close();
  await server.close();
  if (value !== 7) throw new Error(`got ${value}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
