import { inspect } from 'node:util';
import { WebSocketClient } from 'hpx-transport-ws';
import { DeribitHandler } from 'hpx-transport-ws/handlers/deribit';
import { expect, it } from 'vitest';
import { startDeribitServer } from '../../../demo/venues/deribit-server.js';
import { atEnd, channelEvent, clientEvent, outcomeOf, QUICK } from '../../support/live.js';
import { KEYS } from './frames.js';

const SECRETS = [KEYS.apiKey, KEYS.secret, 'INVrefresh', 'INVaccess'];

it('keys, signatures and tokens are shown nowhere, also when things fail [DE8]', async () => {
  let skew = 0;
  const now = () => Date.now() + skew;
  const server = await startDeribitServer({ keys: KEYS, now });
  atEnd(() => server.close());
  const shown: unknown[] = [];
  async function watched(secret: string) {
    const handler = new DeribitHandler({ ...KEYS, secret, now });
    const client = new WebSocketClient({ url: server.url, ...QUICK }, handler);
    atEnd(() => client.close({ deadline: 0 }));
    client.trace((entry) => shown.push(entry));
    for (const event of ['warning', 'error', 'disconnected', 'closed'] as const) {
      client.on(event, (what: unknown) => shown.push(what));
    }
    const outcome = await outcomeOf(client.connect());
    shown.push(outcome);
    return { client, handler, outcome };
  }

  const { client, handler } = await watched(KEYS.secret);
  const orders = await client.subscribe('user.orders.any.any.raw');
  const refreshed = clientEvent(client, 'authenticated');
  skew += 451_000;
  server.heartbeat();
  await refreshed;
  // The refresh token is good no more: the venue refuses it.
  skew += 451_000;
  const gap = channelEvent(orders, 'gap');
  server.endSessions();
  server.heartbeat();
  shown.push(await outcomeOf(client.request({ method: 'private/cancel_all' })));
  server.server.dropAll();
  await gap;
  shown.push(client, handler, client.stats(), client.lastError, client.lastWarning);
  await client.close();

  const wrong = await watched('INVENTED_wrong_secret');
  expect(wrong.outcome).toMatchObject({ error: { serverCode: 13_004 } });
  shown.push(wrong.client, wrong.handler, wrong.client.stats(), wrong.client.lastError);

  const frames = server.server.received.map(({ data }) => JSON.parse(String(data)));
  const signatures = frames.flatMap(({ params }) => params.signature ?? []);
  expect(signatures.length).toBeGreaterThan(1);
  expect(frames.some(({ params }) => params.refresh_token !== undefined)).toBe(true);
  const texts = shown.map((what) => `${inspect(what, { depth: 9, showHidden: true })} ${JSON.stringify(what)}`);
  const secrets = [...SECRETS, 'INVENTED_wrong_secret', ...signatures];
  expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
});
