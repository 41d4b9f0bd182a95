import { inspect } from 'node:util';
import { type TraceEntry, WebSocketClient } from 'hpx-transport-ws';
import { BybitHandler, type NewOrder } from 'hpx-transport-ws/handlers/bybit';
import { afterEach, expect, it } from 'vitest';
import { type BybitServer, startBybitServer } from '../../../demo/venues/bybit-server.js';

const KEYS = { apiKey: 'kx7TestKeyBybit01', secret: 'sX9-invented-secret-bybit' };
const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const ORDER: NewOrder = { category: 'spot', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' };

let venue: BybitServer;
afterEach(() => venue.close());

/** A client, and all that a program may print of it: its trace, events, errors and prints. */
async function watched(address: 'private' | 'trade', secret = KEYS.secret) {
  venue = await startBybitServer({ keys: KEYS });
  const handler = new BybitHandler({ ...KEYS, secret, endpoint: address });
  const client = new WebSocketClient({ url: venue.urls[address], ...QUICK }, handler);
  const seen: unknown[] = [client, handler];
  client.trace((entry: TraceEntry) => seen.push(entry));
  for (const event of [
    'error',
    'warning',
    'stateChange',
    'disconnected',
    'reconnecting',
    'closed',
    'message',
  ] as const) {
    client.on(event, (...values: unknown[]) => seen.push(values));
  }
  const text = () => {
    seen.push(client.stats(), client.lastError, client.lastWarning);
    return seen.flatMap((value) => [inspect(value, { depth: 8, showHidden: true }), JSON.stringify(value)]).join('\n');
  };
  return { client, seen, text };
}

/** The signatures that the venue got, and the credentials. */
function secrets(): string[] {
  const frames = venue.server.received.map(({ data }) => JSON.parse(String(data)));
  return [KEYS.apiKey, KEYS.secret, ...frames.flatMap(({ op, args }) => (op === 'auth' ? [args[2]] : []))];
}

it('a day of orders and of the account shows no secret [BY10]', async () => {
  for (const address of ['private', 'trade'] as const) {
    const { client, seen, text } = await watched(address);
    await client.connect();
    if (address === 'private') await client.subscribe('order');
    else {
      seen.push(await client.request({ op: 'order.create', args: [ORDER] }));
      seen.push(await client.request({ op: 'order.create', args: [{ ...ORDER, qty: '9' }] }).catch((error) => error));
    }
    const back = new Promise((resolve) => client.once('reconnected', resolve));
    venue.server.refuseUpgrades({ status: 503, times: 2 });
    venue.server.dropAll();
    await back;
    await client.close();
    expect(secrets()).toHaveLength(4);
    expect(seen.length).toBeGreaterThan(10);
    for (const secret of secrets()) expect(text()).not.toContain(secret);
    await venue.close();
  }
});

it('a refused login shows no secret [BY10]', async () => {
  const { client, seen, text } = await watched('trade', 'another-invented-secret');
  seen.push(await client.connect().catch((error: unknown) => error));
  expect(text()).toContain('Invalid sign');
  for (const secret of [...secrets(), 'another-invented-secret']) expect(text()).not.toContain(secret);
});
