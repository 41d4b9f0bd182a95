import { strictEqual } from 'node:assert/strict';
import { context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

const url = process.argv[2];
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const key = createContextKey('span');
const within = (name, work) => context.with(context.active().setValue(key, name), work);
const span = () => context.active().getValue(key);

const client = await within('connect', async () => {
  const connected = await WebSocketClient.connect({ url }, new GenericJsonHandler());
  strictEqual(span(), 'connect', 'after connect()');
  return connected;
});
// Calls of several spans on one connection, whose answers come in one turn.
const call = (name) =>
  within(name, async () => {
    await client.request({ op: 'echo' });
    strictEqual(span(), name, 'after request()');
    const trades = await client.subscribe(`trades.${name}`);
    strictEqual(span(), name, 'after subscribe()');
    await client.send('note');
    strictEqual(span(), name, 'after send()');
    await trades.unsubscribe();
    strictEqual(span(), name, 'after unsubscribe()');
    await client.request({ op: 'slow' }, { timeout: 10 }).catch(() => {});
    strictEqual(span(), name, 'after a timeout');
  });
await Promise.all([call('one'), call('two'), call('three')]);
await within('close', async () => {
  await client.close();
  strictEqual(span(), 'close', 'after close()');
});
