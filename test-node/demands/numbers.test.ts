import { JsonRpcHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { BinanceApiHandler } from '../handlers/venues/binance-wsapi.js';
import { KrakenHandler } from '../handlers/venues/kraken.js';
import { collect, connectClient, deferred } from '../support/live.js';
import { sentUntil, venue } from './venue.js';

const BIG = '9007199254740993123';

describe('11: numbers that JavaScript cannot hold', () => {
  it("the server's name of a subscription keeps all its digits (JSON-RPC) [HN6, MS4]", async () => {
    const server = await venue<{ id: string; method: string; params: unknown[] }>(({ id, method }) =>
      method === 'subscribe' ? `{"jsonrpc":"2.0","id":"${id}","result":${BIG}}` : undefined,
    );
    const handler = new JsonRpcHandler({
      subscribeMethod: 'subscribe',
      unsubscribeMethod: 'unsubscribe',
      notificationMethod: 'notify',
    });
    const client = await connectClient(server, { handler });
    const channel = await client.subscribe('slots');
    const updates = collect(channel);
    server.broadcast(`{"jsonrpc":"2.0","method":"notify","params":{"subscription":${BIG},"result":1}}`);
    server.broadcast('{"jsonrpc":"2.0","method":"notify","params":{"subscription":9007199254740993124,"result":2}}');
    server.broadcast(`{"jsonrpc":"2.0","method":"notify","params":{"subscription":${BIG},"result":3}}`);
    expect(await updates.until(2)).toEqual([1, 3]);
    await channel.unsubscribe();
    expect((await sentUntil<{ params: unknown }>(server, 2))[1]?.params).toEqual([BIG]);
  });

  it('the id of an answer keeps all its digits (Binance) [MS4]', async () => {
    const server = await venue<{ id: string }>(({ id }) => `{"id":"${id}","status":200,"result":{"orderId":${BIG}}}`);
    const client = await connectClient(server, { handler: new BinanceApiHandler() });
    const message = await client.requestRaw('{"id":"o-1","method":"order.status"}');
    expect(/"orderId":(\d+)/.exec(message.text)?.[1]).toBe(BIG);
  });

  it('a request id beyond 2^53 matches its answer [DL11, MS4]', async () => {
    const server = await venue(() => `{"id":${BIG},"status":200,"result":{}}`);
    const client = await connectClient(server, { handler: new BinanceApiHandler() });
    expect((await client.requestRaw(`{"id":${BIG},"method":"ping"}`)).field('id')).toBe(BIG);
  });

  it('the digits for a checksum arrive as they were sent (Kraken) [CH2]', async () => {
    const server = await venue<{ params: { symbol: string[] }; req_id: number }>(({ params, req_id }) => ({
      method: 'subscribe',
      result: { channel: 'book', symbol: params.symbol[0] },
      success: true,
      req_id,
    }));
    const client = await connectClient(server, { handler: new KrakenHandler() });
    const book = await client.subscribe('book:BTC/USD');
    const text =
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":45283.50,"qty":0.10000000}],"checksum":3310070434}]}';
    const seen = deferred<readonly [data: unknown, text: string]>();
    book.on('message', (data, { message }) => seen.resolve([data, message.text]));
    server.broadcast(text);
    expect(await seen.promise).toEqual([
      [{ symbol: 'BTC/USD', bids: [{ price: '45283.50', qty: '0.10000000' }], checksum: 3310070434 }],
      text,
    ]);
  });
});
