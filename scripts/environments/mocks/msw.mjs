import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
import { ws } from 'msw';
import { setupServer } from 'msw/node';

// Node 20 has no WebSocket, and msw takes over the one that is there.
globalThis.WebSocket ??= (await import('ws')).default;
const exchange = ws.link('wss://exchange.test');
const server = setupServer(
  exchange.addEventListener('connection', ({ client }) => {
    client.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return client.send(new TextEncoder().encode('{"topic":"bytes","data":1}'));
      const { op, req_id } = JSON.parse(data);
      if (op === 'drop') return client.close(1012, 'restart');
      client.send(JSON.stringify({ op, req_id, success: true, data: op }));
      if (op === 'subscribe') client.send(JSON.stringify({ topic: 'trades', data: { price: 1 } }));
    });
  }),
);
server.listen();

const config = { url: 'wss://exchange.test', reconnectInitialDelay: 1 };
const client = await WebSocketClient.connect(config, new GenericJsonHandler(), browserRuntime);
strictEqual(await client.request({ op: 'echo' }), 'echo');
const trades = await client.subscribe('trades');
const loop = trades[Symbol.asyncIterator]();
deepStrictEqual((await loop.next()).value, { price: 1 });

const bytes = new Promise((resolve) => client.once('message', resolve));
await client.send(new Uint8Array([1, 2, 3]));
strictEqual((await bytes).field('topic'), 'bytes');

const back = new Promise((resolve) => client.once('reconnected', resolve));
const lost = new Promise((resolve) => client.once('disconnected', resolve));
await client.sendJson({ op: 'drop' });
strictEqual((await lost).code, 1012);
await back;
deepStrictEqual((await loop.next()).value, { price: 1 });
await client.close();
server.close();
