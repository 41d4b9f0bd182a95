import { RequestRejectedError, SubscriptionFailedError, WebSocketClient } from 'hpx-transport-ws';
import { EthereumHandler, type EthereumMethods, type EthereumTopics } from 'hpx-transport-ws/handlers/ethereum';
import { expect, it } from 'vitest';
import {
  type EthereumServer,
  type EthereumServerOptions,
  startEthereumServer,
} from '../../../demo/venues/ethereum-server.js';
import { atEnd, channelEvent, clientEvent, collect, outcomeOf, QUICK } from '../../support/live.js';

async function node(options?: EthereumServerOptions): Promise<EthereumServer> {
  const server = await startEthereumServer(options);
  atEnd(() => server.close());
  return server;
}

async function bot({ url }: EthereumServer): Promise<WebSocketClient<EthereumTopics, EthereumMethods>> {
  const client = new WebSocketClient({ url, ...QUICK }, new EthereumHandler());
  atEnd(() => client.close({ deadline: 0 }));
  await client.connect();
  return client;
}

const contract = '0x8320fe7702b96808f7bbc0d4a888ed1468216cfd';
const topic = '0xd78a0cb8bb633d06981248b816e7bd33c2a35a6089241d099fa519e361cab902';

it('a day with a node: blocks, logs, a drop, a reorganisation [ETH2, ETH3]', async () => {
  const server = await node();
  const client = await bot(server);

  const { channels, errors } = await client.subscribeMany(['newHeads', 'weather' as 'newHeads'], { partial: true });
  const refusal = errors.get('weather');
  expect(refusal).toBeInstanceOf(SubscriptionFailedError);
  expect(refusal).toMatchObject({ topic: 'weather', message: expect.stringContaining('no "weather" subscription') });
  const [heads] = channels;
  if (!heads) throw new Error('newHeads was refused');
  const logs = await client.subscribe('logs', { params: { address: contract, topics: [topic] } });
  const others = await client.subscribe('logs', { params: { address: `0x${'0'.repeat(40)}` } });
  const [seenHeads, seenLogs, seenOthers] = [collect(heads), collect(logs), collect(others)];

  const first = server.mine([{ address: contract, topic }, {}]);
  expect(await seenHeads.until(1)).toMatchObject([{ number: first.number, hash: first.hash }]);
  expect(await seenLogs.until(1)).toEqual([first.logs[0]]);

  // The node restarts. A block with a log comes while nobody listens.
  const before = server.subscriptions;
  const gaps = [channelEvent(heads, 'gap'), channelEvent(logs, 'gap')];
  server.server.dropAll();
  const missed = server.mine([{ address: contract, topic }]);
  for (const [gap] of await Promise.all(gaps)) expect(gap).toMatchObject({ cause: 'disconnect', epoch: 2 });
  expect(await client.request({ method: 'eth_chainId' })).toBe('0x1'); // answered behind the frames before
  expect(Object.keys(server.subscriptions)).toEqual(Object.keys(before));
  expect(server.subscriptions.newHeads).not.toBe(before.newHeads);

  // Nothing is sent later: the bot looks up what it missed.
  const query = { address: contract, topics: [topic], fromBlock: missed.number };
  expect(await client.request({ method: 'eth_getLogs', params: [query] })).toEqual(missed.logs);

  const last = server.mine([{ address: contract, topic }]);
  expect((await seenLogs.until(2))[1]).toEqual(last.logs[0]);
  const instead = server.reorganise();
  expect((await seenLogs.until(3))[2]).toEqual({ ...last.logs[0], removed: true });
  const chain = await seenHeads.until(3);
  expect(chain.map(({ hash }) => hash)).toEqual([first.hash, last.hash, instead.hash]);
  expect(chain.at(-1)?.parentHash).toBe(last.parentHash);
  expect(seenOthers.items).toEqual([]);

  const ended = server.subscriptions.newHeads;
  await heads.unsubscribe();
  expect(await client.request({ method: 'eth_chainId' })).toBe('0x1'); // answered behind the frames before
  expect(server.subscriptions.newHeads).toBeUndefined();
  expect(server.server.received.map(({ data }) => JSON.parse(String(data)))).toContainEqual(
    expect.objectContaining({ method: 'eth_unsubscribe', params: [ended] }),
  );
});

it('an update that comes before the confirmation reaches its channel [ETH2]', async () => {
  const server = await node({ early: true });
  const client = await bot(server);
  const heads = collect(await client.subscribe('newHeads'));
  expect(await heads.until(1)).toMatchObject([{ hash: server.head.hash }]);
});

it('pending transactions come as hashes, or whole [ETH2]', async () => {
  const server = await node();
  const client = await bot(server);
  const hashes = collect(await client.subscribe('newPendingTransactions'));
  const whole = collect(await client.subscribe('newPendingTransactions.full'));
  const sent = await client.request({ method: 'eth_sendRawTransaction', params: ['0xf86c'] });
  expect(await hashes.until(1)).toEqual([sent]);
  expect(await whole.until(1)).toMatchObject([{ hash: sent }]);
});

it('calls, refusals and a batch come back with the words of the node [ETH4, ETH5]', async () => {
  const server = await node();
  const client = await bot(server);
  expect(await client.request({ method: 'eth_blockNumber' })).toBe(server.head.number);
  expect(await client.request({ method: 'eth_getBlockByNumber', params: ['0xffffff', false] })).toBeNull();

  const reverted = client.request({ method: 'eth_call', params: [{ to: contract, data: '0x' }, 'latest'] });
  await expect(reverted).rejects.toBeInstanceOf(RequestRejectedError);
  await expect(reverted).rejects.toMatchObject({ serverCode: 3, message: 'execution reverted', data: '0x08c379a0' });
  const poor = client.request({ method: 'eth_sendRawTransaction', params: ['0x00'] });
  await expect(poor).rejects.toMatchObject({ serverCode: -32_000, delivery: undefined });

  const batch = [{ method: 'eth_chainId' }, { method: 'eth_nope' }];
  expect(await client.request<unknown>(batch)).toEqual([
    { result: '0x1' },
    { error: expect.objectContaining({ code: -32_601 }) },
  ]);

  server.limit(1);
  await expect(client.request({ method: 'eth_chainId' })).rejects.toMatchObject({ serverCode: -32_005 });
  expect(await client.request({ method: 'eth_chainId' })).toBe('0x1');

  const notice = clientEvent(client, 'message');
  await client.send('{"jsonrpc"');
  expect((await notice)[0].path('error.code')).toBe(-32_700);
});

it('a transaction whose answer was a time-out may be sent again, and is carried out once [ETH5]', async () => {
  const server = await node();
  const client = await bot(server);
  server.timeOut();
  const send = () => client.request({ method: 'eth_sendRawTransaction', params: ['0xf86c'] });
  expect(await outcomeOf(send())).toMatchObject({ error: { delivery: 'unknown' } });
  expect(await send()).toMatch(/^0xf86c/);
  await expect(send()).rejects.toMatchObject({ message: 'already known' });
});
