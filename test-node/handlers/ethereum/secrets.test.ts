import { inspect } from 'node:util';
import { ConfigError, WebSocketClient } from 'hpx-transport-ws';
import { EthereumHandler } from 'hpx-transport-ws/handlers/ethereum';
import { expect, it } from 'vitest';
import { startEthereumServer } from '../../../demo/venues/ethereum-server.js';
import { atEnd, channelEvent, outcomeOf, QUICK } from '../../support/live.js';

const KEY = 'a1B2c3D4e5F6g7H8i9J0kLmN';

it('the key in the path of a provider is shown nowhere, also when things fail [ETH8]', async () => {
  const server = await startEthereumServer();
  atEnd(() => server.close());
  const handler = new EthereumHandler();
  const client = new WebSocketClient({ url: `${server.url}/v2/${KEY}`, ...QUICK }, handler);
  atEnd(() => client.close({ deadline: 0 }));
  const shown: unknown[] = [];
  client.trace((entry) => shown.push(entry));
  for (const event of ['warning', 'error', 'disconnected'] as const) client.on(event, (what) => shown.push(what));
  await client.connect();

  const heads = await client.subscribe('newHeads');
  shown.push(await outcomeOf(client.subscribe('weather' as 'newHeads')));
  shown.push(await outcomeOf(client.request({ method: 'eth_call', params: [{}] })));
  const gap = channelEvent(heads, 'gap');
  server.server.refuseUpgrades({ status: 401, times: 1 });
  server.server.dropAll();
  await gap;
  shown.push(client, handler, client.stats(), client.lastError, client.lastWarning);
  await client.close();

  const texts = shown.map((what) => `${inspect(what, { depth: 9, showHidden: true })} ${JSON.stringify(what)}`);
  expect(texts.filter((text) => text.includes(KEY))).toEqual([]);
});

it('a wrong option shows no value [ETH7]', () => {
  const attempt = () => new EthereumHandler({ parse: KEY as never });
  expect(attempt).toThrow(ConfigError);
  expect(attempt).not.toThrow(expect.objectContaining({ message: expect.stringContaining(KEY) }));
});
