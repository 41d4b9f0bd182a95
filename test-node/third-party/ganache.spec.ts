import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type Channel,
  ConnectionClosedError,
  RequestRejectedError,
  SubscriptionFailedError,
  type WebSocketClient,
} from 'hpx-transport-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atEnd, channelEvent, collect, outcomeOf } from '../support/live.js';
import { connect, sentBy } from './connect.js';
import { EthereumHandler, type EthereumMethods, type EthereumTopics } from './ethereum-handler.js';
import { freePort, type ServerProcess, startServer } from './server-process.js';

type Ethereum = WebSocketClient<EthereumTopics, EthereumMethods>;

/** Start code of contracts: one reverts, the others log one topic each. */
const REVERTS = '0x60006000fd';
const logging = (topic: number) => `0x60${topic.toString(16)}60006000a100`;
const topicOf = (topic: number) => `0x${topic.toString(16).padStart(64, '0')}`;

const ganache = dirname(createRequire(import.meta.url).resolve('ganache/package.json'));
function startNode(port: number): Promise<ServerProcess> {
  const options = ['--server.host', '127.0.0.1', '--server.port', `${port}`, '--wallet.totalAccounts', '1'];
  return startServer(process.execPath, [join(ganache, 'dist/node/cli.js'), ...options], /RPC Listening on (\S+)/);
}

let node: ServerProcess;
beforeAll(async () => {
  node = await startNode(await freePort());
});
afterAll(() => node.kill());

const open = ({ endpoint } = node): Promise<Ethereum> =>
  connect(new EthereumHandler<EthereumTopics, EthereumMethods>(), { url: `ws://${endpoint}` });
const mine = (client: Ethereum, blocks: number) => client.request({ method: 'evm_mine', params: [{ blocks }] });

async function create(client: Ethereum, data: string): Promise<string> {
  const [from = ''] = await client.request({ method: 'eth_accounts' });
  return client.request({ method: 'eth_sendTransaction', params: [{ from, data, gas: '0x30000' }] });
}

describe('a ganache node: calls', () => {
  it('a call and a batch of calls are answered [JR1, JR3]', async () => {
    const client = await open();
    expect(await client.request({ method: 'eth_chainId' })).toBe('0x539');
    const batch = [{ method: 'eth_chainId' }, { method: 'eth_sing' }];
    const [chain, refusal] = await client.request<unknown[]>(batch);
    expect(chain).toEqual({ result: '0x539' });
    expect(refusal).toMatchObject({ error: { message: expect.stringContaining('eth_sing') } });
  });

  it('a call of a contract that reverts rejects with the error of the node [JR2]', async () => {
    const client = await open();
    const call = client.request({ method: 'eth_call', params: [{ data: REVERTS }, 'latest'] });
    await expect(call).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(call).rejects.toMatchObject({
      serverCode: -32_000,
      message: 'VM Exception while processing transaction: revert',
      data: '0x',
    });
  });

  it('an unknown subscription is refused with the message of the node [CH9]', async () => {
    const client = await open();
    const subscribing = client.subscribe('weather' as 'newHeads');
    await expect(subscribing).rejects.toBeInstanceOf(SubscriptionFailedError);
    await expect(subscribing).rejects.toThrow('no "weather" subscription');
  });
});

describe('a ganache node: eth_subscribe', () => {
  it('every new head arrives, in the order of the chain [S5, JR8]', async () => {
    const client = await open();
    const heads = collect(await client.subscribe('newHeads'));
    const before = Number(await client.request({ method: 'eth_blockNumber' }));
    await mine(client, 20);
    const chain = await heads.until(20);
    expect(chain.map(({ number }) => Number(number))).toEqual(chain.map((_, at) => before + at + 1));
    expect(chain.slice(1).map(({ parentHash }) => parentHash)).toEqual(chain.slice(0, -1).map(({ hash }) => hash));
  });

  it('subscriptions with different filters get their own logs [HN5, CH7]', async () => {
    const client = await open();
    const [pending, ...logs] = await Promise.all([
      client.subscribe('newPendingTransactions'),
      ...[42, 43].map((topic) => client.subscribe('logs', { params: { topics: [topicOf(topic)] } })),
    ]);
    const seen = logs.map((channel) => collect(channel as Channel<EthereumTopics['logs']>));
    const hashes = collect(pending);
    const created = [await create(client, logging(42)), await create(client, logging(43))];
    await Promise.all(seen.map((log) => log.until(1)));
    expect(seen.map(({ items }) => items.map(({ transactionHash }) => transactionHash))).toEqual(
      created.map((hash) => [hash]),
    );
    expect(seen.map(({ items }) => items[0]?.topics)).toEqual([[topicOf(42)], [topicOf(43)]]);
    expect(await hashes.until(2)).toEqual(created);
  });

  it('the last channel of a topic unsubscribes the id that the node chose [S2, HN6]', async () => {
    const client = await open();
    const sent = sentBy(client);
    const names = namesGivenTo(client);
    const heads = await client.subscribe('newHeads');
    await heads.unsubscribe();
    // Answered behind it.
    await client.request({ method: 'eth_chainId' });
    expect(JSON.parse(sent[1] ?? '')).toMatchObject({ method: 'eth_unsubscribe', params: [names.newHeads] });
  });
});

describe('a ganache node: a restart', () => {
  it('each channel continues after a gap, under the new ids of the node [JR9, CH19, S4]', async () => {
    const port = await freePort();
    let current = await startNode(port);
    atEnd(() => current.kill());
    const client = await open(current);
    const before = namesGivenTo(client);
    const first = await client.subscribe('newPendingTransactions');
    const heads = await client.subscribe('newHeads');
    const logs = await client.subscribe('logs', { params: { topics: [topicOf(42)] } });
    expect(before).toEqual({ newPendingTransactions: '0x1', newHeads: '0x2', logs: '0x3' });
    await first.unsubscribe();
    const gaps = [channelEvent(heads, 'gap'), channelEvent(logs, 'gap')];

    const call = outcomeOf(mine(client, 100_000));
    const down = new Promise((resolve) => client.once('disconnected', resolve));
    await current.kill();
    await down;
    expect(await call).toEqual({ error: expect.any(ConnectionClosedError) });
    expect(await call).toMatchObject({ error: { delivery: 'unknown' } });
    const after = namesGivenTo(client);
    current = await startNode(port);

    for (const [gap] of await Promise.all(gaps)) expect(gap).toMatchObject({ epoch: 2, cause: 'disconnect' });
    // The node counts its subscriptions: without the first one each has a name that was another's before.
    expect(after).toEqual({ newHeads: '0x1', logs: '0x2' });
    // The new chain is empty: what was lost with the old node was not sent again.
    expect(await client.request({ method: 'eth_blockNumber' })).toBe('0x0');
    const [blocks, entries] = [collect(heads), collect(logs)];
    await mine(client, 1);
    const created = await create(client, logging(42));
    expect((await blocks.until(2)).map(({ number }) => number)).toEqual(['0x1', '0x2']);
    expect(await entries.until(1)).toMatchObject([{ transactionHash: created }]);
  });
});

/** The names that the node gives to subscriptions from now on, by what is subscribed. */
function namesGivenTo(client: Ethereum): Record<string, string> {
  const asked = new Map<string, string>();
  const names: Record<string, string> = {};
  client.trace((entry) => {
    if (entry.type !== 'frame') return;
    const { id, method, params, result } = JSON.parse(entry.text);
    const kind = asked.get(id);
    if (method === 'eth_subscribe') asked.set(id, params[0]);
    else if (kind !== undefined) names[kind] = result;
  });
  return names;
}
