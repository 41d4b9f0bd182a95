import { describe, expect, it } from 'vitest';
import { AlpacaHandler } from '../handlers/venues/alpaca.js';
import { CoinbaseHandler } from '../handlers/venues/coinbase.js';
import { EthereumHandler } from '../handlers/venues/ethereum.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { channelEvent, collect, connectClient } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

interface Call {
  readonly id: string;
  readonly method: string;
  readonly params: readonly unknown[];
}

const head = (subscription: string, number: string) => ({
  jsonrpc: '2.0',
  method: 'eth_subscription',
  params: { subscription, result: { number } },
});

describe('4: names of topics', () => {
  it('a topic has several fields, in any order, some added by the server (OKX) [HN6]', async () => {
    const server = await venue<{ id: string; args: object[] }>(({ id, args }) =>
      args.map((arg) => ({ id, event: 'subscribe', arg, connId: 'a4d3ae55' })),
    );
    const client = await connectClient(server, { handler: new OkxHandler() });
    const [orders, books] = await client.subscribeMany(['orders?instType=SPOT', 'books?instId=BTC-USDT']);
    const order = orders && collect(orders);
    const book = books && collect(books);
    server.broadcast('{"arg":{"instId":"BTC-USDT","channel":"books"},"action":"snapshot","data":[{"seqId":1}]}');
    server.broadcast('{"arg":{"channel":"orders","instType":"SPOT","uid":"614488474791936"},"data":[{"ordId":"3"}]}');
    expect(await order?.until(1)).toEqual([[{ ordId: '3' }]]);
    expect(await book?.until(1)).toEqual([[{ seqId: 1 }]]);
  });

  it('a topic arrives under another name than it was subscribed (Coinbase) [HN6, HN7]', async () => {
    const state = { channel: 'subscriptions', sequence_num: 1, events: [{ subscriptions: { level2: ['BTC-USD'] } }] };
    const server = await venue(() => state);
    const client = await connectClient(server, { handler: new CoinbaseHandler(() => 'jwt') });
    const book = collect(await client.subscribe('level2.BTC-USD'));
    const event = { type: 'snapshot', product_id: 'BTC-USD', updates: [] };
    server.broadcast({ channel: 'l2_data', sequence_num: 0, events: [event] });
    expect(await book.until(1)).toMatchObject([{ events: [event] }]);
  });

  it('an update reaches its topic and the wildcard (Alpaca) [HN6]', async () => {
    const state = { T: 'subscription', trades: ['AAPL', '*'], quotes: [], bars: [] };
    const server = await venue<{ action: string }>(({ action }) =>
      action === 'auth' ? [[{ T: 'success', msg: 'authenticated' }]] : [[state]],
    );
    const client = await connectClient(server, { handler: new AlpacaHandler() });
    const [all, apple] = (await client.subscribeMany(['trades.*', 'trades.AAPL'])).map(collect);
    server.broadcast([
      { T: 't', S: 'MSFT', p: 1 },
      { T: 't', S: 'AAPL', p: 2 },
    ]);
    expect(await all?.until(2)).toMatchObject([{ S: 'MSFT' }, { S: 'AAPL' }]);
    expect(await apple?.until(1)).toMatchObject([{ S: 'AAPL' }]);
  });

  it('the server names a topic again on each connection, and the old name is void (Ethereum) [HN6, JR9]', async () => {
    const names = ['0xcd0c', '0x9cef'];
    const server = await venue<Call>(({ id }, { index }) => ({ jsonrpc: '2.0', id, result: names[index] }));
    const client = await connectClient(server, { handler: new EthereumHandler() });
    const heads = await client.subscribe('newHeads');
    const numbers = collect(heads);
    server.broadcast(head('0xcd0c', '0x1'));
    await numbers.until(1);
    const resumed = channelEvent(heads, 'resumed');
    server.dropAll();
    await resumed;
    server.broadcast(head('0xcd0c', '0xdead'));
    server.broadcast(head('0x9cef', '0x2'));
    expect(await numbers.until(2)).toEqual([{ number: '0x1' }, { number: '0x2' }]);
    await heads.unsubscribe();
    const [, , end] = await sentUntil<Call>(server, 3);
    expect(end).toMatchObject({ method: 'eth_unsubscribe', params: ['0x9cef'] });
  });

  it('an update waits for the acknowledgement that names its topic (Ethereum) [HN6, S5]', async () => {
    const server = await venue<Call>(({ id }) => [
      head('0xcd0c', '0x1'),
      head('0xcd0c', '0x2'),
      { jsonrpc: '2.0', id, result: '0xcd0c' },
      head('0xcd0c', '0x3'),
    ]);
    const client = await connectClient(server, { handler: new EthereumHandler() });
    const numbers = collect(await client.subscribe('newHeads'));
    expect(await numbers.until(3)).toEqual([{ number: '0x1' }, { number: '0x2' }, { number: '0x3' }]);
    expect(sent(server)).toHaveLength(1);
  });
});
