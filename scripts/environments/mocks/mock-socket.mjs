import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
import { Server, WebSocket } from 'mock-socket';

globalThis.WebSocket = WebSocket;
const server = new Server('wss://exchange.test');
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { op, req_id } = JSON.parse(data);
    if (op === 'drop') return socket.close({ code: 1012, reason: 'restart', wasClean: true });
    socket.send(JSON.stringify({ op, req_id, success: true, data: op }));
    if (op === 'subscribe') socket.send(JSON.stringify({ topic: 'trades', data: { price: 1 } }));
  });
});

const config = { url: 'wss://exchange.test', reconnectInitialDelay: 1 };
const client = await WebSocketClient.connect(config, new GenericJsonHandler(), browserRuntime);
strictEqual(await client.request({ op: 'echo' }), 'echo');
const trades = await client.subscribe('trades');
const loop = trades[Symbol.asyncIterator]();
deepStrictEqual((await loop.next()).value, { price: 1 });

const back = new Promise((resolve) => client.once('reconnected', resolve));
const lost = new Promise((resolve) => client.once('disconnected', resolve));
await client.sendJson({ op: 'drop' });
strictEqual((await lost).code, 1012);
await back;
deepStrictEqual((await loop.next()).value, { price: 1 });
await client.close();
server.stop();
