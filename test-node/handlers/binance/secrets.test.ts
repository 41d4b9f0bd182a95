import { inspect } from 'node:util';
import { type TraceEntry, WebSocketClient } from 'hpx-transport-ws';
import {
  BinanceApiHandler,
  type BinanceApiOptions,
  BinanceHandler,
  BinanceStreamHandler,
  type NewOrder,
} from 'hpx-transport-ws/handlers/binance';
import { afterEach, expect, it } from 'vitest';
import { type BinanceServer, startBinanceServer } from '../../../demo/venues/binance-server.js';
import { API_KEY, ED25519_KEY, ED25519_PUBLIC_KEY, HMAC_SECRET } from './keys.js';

const LISTEN_KEY = 'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1';
const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const ORDER: NewOrder = { symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.01000000' };
/** What must be seen nowhere: the keys, and 20 characters of any signature. */
const SECRETS = [API_KEY, HMAC_SECRET, 'MC4CAQAwBQYDK2VwBCIEIAcH', 'BwcHBwcHBwcHBwcHBwcHBwcHBwcH', LISTEN_KEY];

let venue: BinanceServer | undefined;
afterEach(() => venue?.close());

/** All that a program may print of a client: its trace, events, errors and prints. */
class Witness {
  readonly seen: unknown[] = [];

  watch<T extends object, M extends object>(client: WebSocketClient<T, M>, handler: object): void {
    client.trace((entry: TraceEntry) => this.seen.push(entry));
    for (const event of ['error', 'warning', 'stateChange', 'disconnected', 'reconnecting', 'closed'] as const) {
      client.on(event, (...values: unknown[]) => this.seen.push(values));
    }
    this.seen.push(client, handler);
  }

  /** Everything as text, in each way in which it may be written. */
  get text(): string {
    const texts = this.seen.flatMap((value) => [inspect(value, { depth: 8, showHidden: true }), JSON.stringify(value)]);
    return texts.join('\n');
  }
}

function expectNoSecret(witness: Witness): void {
  const { text } = witness;
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  // A signature in base64 or hex.
  expect(text).not.toMatch(/signature"?\s*[:=]\s*\\*"?[\w+/]{20}/);
}

it.each<[string, BinanceApiOptions, string | undefined]>([
  ['an Ed25519 key', { apiKey: API_KEY, secret: ED25519_KEY }, ED25519_PUBLIC_KEY],
  ['an HMAC key', { apiKey: API_KEY, secret: HMAC_SECRET }, undefined],
])('a day with %s shows no secret [BI11]', async (_, options, publicKey) => {
  venue = await startBinanceServer({
    keys: { apiKey: API_KEY, ...(publicKey ? { publicKey } : { secret: HMAC_SECRET }) },
  });
  const witness = new Witness();
  const handler = new BinanceHandler({ ...options, endpoint: 'api' });
  const client = new WebSocketClient({ url: venue.urls.private, ...QUICK }, handler);
  witness.watch(client, handler);
  await client.connect();
  const account = await client.subscribe('userData');
  expect(await client.request({ method: 'order.place', params: ORDER })).toMatchObject({ status: 'NEW' });
  for (const params of [
    { ...ORDER, quantity: '9' },
    { ...ORDER, symbol: 'NONE' },
  ]) {
    witness.seen.push(await client.request({ method: 'order.place', params }).catch((error: unknown) => error));
  }
  const resumed = new Promise((resolve) => account.once('resumed', resolve));
  venue.server.dropAll();
  await resumed;
  venue.revokeSessions();
  expect(await client.request({ method: 'session.status' })).toBeDefined();
  witness.seen.push(client.stats(), client.lastError, client.lastWarning);
  await client.close();
  expect(witness.seen.length).toBeGreaterThan(20);
  expectNoSecret(witness);
});

it('a refused login shows no secret [BI11]', async () => {
  venue = await startBinanceServer({ keys: { apiKey: 'another', publicKey: ED25519_PUBLIC_KEY } });
  const witness = new Witness();
  const handler = new BinanceApiHandler({ apiKey: API_KEY, secret: ED25519_KEY });
  const client = new WebSocketClient({ url: venue.urls.private, ...QUICK }, handler);
  witness.watch(client, handler);
  witness.seen.push(await client.connect().catch((error: unknown) => error));
  expect(witness.text).toContain('-2015');
  expectNoSecret(witness);
});

it('a listen key in a URL, or as the name of a stream, is shown nowhere [BI11]', async () => {
  venue = await startBinanceServer();
  const witness = new Witness();
  const handler = new BinanceStreamHandler({ endpoint: 'raw' });
  const client = new WebSocketClient({ url: `${venue.urls.raw}/${LISTEN_KEY}`, ...QUICK }, handler);
  witness.watch(client, handler);
  await client.connect();
  const back = new Promise((resolve) => client.once('reconnected', resolve));
  const [connection] = venue.server.connections;
  connection?.send({ stream: LISTEN_KEY, data: { e: 'executionReport', i: 1 } });
  const listing = client.request({ method: 'LIST_SUBSCRIPTIONS' });
  witness.seen.push(await listing);
  await client.sendJson({ method: 'SUBSCRIBE', params: [LISTEN_KEY], id: 99 });
  venue.server.refuseUpgrades({ status: 503, times: 2 });
  venue.server.dropAll();
  await back;
  witness.seen.push(client.stats(), client.lastError, client.lastWarning);
  await client.close();
  expectNoSecret(witness);
});
