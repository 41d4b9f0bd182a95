import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';

delete globalThis.WebSocket;
const client = new WebSocketClient({ url: 'wss://exchange.test' }, new GenericJsonHandler(), browserRuntime);
let attempts = 0;
client.on('reconnecting', () => attempts++);
const waiting = client.request({ op: 'echo' }).catch((error) => error);
const error = await client.connect().catch((failure) => failure);
deepStrictEqual([error.code, error.retryable], ['CONNECTION_FAILED', false]);
match(error.message, /no global WebSocket/);
strictEqual((await waiting).delivery, 'unsent');
strictEqual(client.state, 'closed');
strictEqual(attempts, 0);
