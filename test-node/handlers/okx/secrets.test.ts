import { inspect } from 'node:util';
import { type TraceEntry, WebSocketClient } from 'hpx-transport-ws';
import { type NewOrder, OkxHandler } from 'hpx-transport-ws/handlers/okx';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { afterEach, expect, it } from 'vitest';
import { type OkxServer, startOkxServer } from '../../../demo/venues/okx-server.js';
import { KEYS } from './keys.js';

const QUICK = { reconnectInitialDelay: 10, reconnectMaxDelay: 20 };
const ORDER: NewOrder = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', px: '91000', sz: '0.001' };

let venue: OkxServer | undefined;
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

function expectNoSecret({ text }: Witness): void {
  for (const secret of Object.values(KEYS)) expect(text).not.toContain(secret);
  // A signature in base64.
  expect(text).not.toMatch(/[\w+/]{43}=/);
}

it('a day shows no secret [OK14]', async () => {
  venue = await startOkxServer({ keys: KEYS });
  const witness = new Witness();
  const handler = new OkxHandler(KEYS);
  const client = new WebSocketClient({ url: venue.urls.private, ...QUICK }, handler);
  witness.watch(client, handler);
  await client.connect();
  const orders = await client.subscribe('orders?instType=SPOT');
  expect(await client.request({ op: 'order', args: [ORDER] })).toMatchObject([{ sCode: '0' }]);
  for (const args of [[{ ...ORDER, sz: '9' }], [{ ...ORDER, instId: '' }]] as const) {
    witness.seen.push(await client.request({ op: 'order', args }).catch((error: unknown) => error));
  }
  witness.seen.push(await client.subscribe('books?instId=NOPE').catch((error: unknown) => error));
  const resumed = new Promise((resolve) => orders.once('resumed', resolve));
  venue.server.dropAll();
  await resumed;
  witness.seen.push(client.stats(), client.lastError, client.lastWarning);
  await client.close();
  expect(witness.seen.length).toBeGreaterThan(20);
  expectNoSecret(witness);
});

it.each([
  ['is refused', { code: '60005', msg: 'Invalid apiKey' }],
  [
    'is quoted by the error that refuses it',
    {
      code: '60012',
      msg: `Illegal request: ${JSON.stringify({ op: 'login', args: [{ ...KEYS, sign: 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=' }] })}`,
    },
  ],
])('a login shows no secret when it %s [OK14]', async (_, refusal) => {
  await using server = await MockWebSocketServer.start({ exchange: false });
  server.respondTo('"login"', { event: 'error', ...refusal });
  const witness = new Witness();
  const handler = new OkxHandler(KEYS);
  const client = new WebSocketClient({ url: server.url, ...QUICK }, handler);
  witness.watch(client, handler);
  witness.seen.push(await client.connect().catch((error: unknown) => error));
  await client.close();
  expect(client.lastError).toMatchObject({ code: 'AUTHENTICATION_FAILED', serverCode: refusal.code });
  expectNoSecret(witness);
});
