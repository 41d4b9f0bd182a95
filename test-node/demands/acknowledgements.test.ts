import { describe, expect, it } from 'vitest';
import { AlpacaHandler } from '../handlers/venues/alpaca.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { KrakenHandler } from '../handlers/venues/kraken.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { PlainStreamHandler } from '../handlers/venues/plain-stream.js';
import { connectClient, deferred } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

interface KrakenFrame {
  readonly method: string;
  readonly params: { readonly channel: string; readonly symbol: readonly string[] };
  readonly req_id: number;
}
interface OkxFrame {
  readonly id: string;
  readonly op: string;
  readonly args: readonly object[];
}

describe('1: subscribe frames and their acknowledgements', () => {
  it('several frames share one id and are acknowledged per symbol (Kraken) [HN2, HN3]', async () => {
    const server = await venue<KrakenFrame>(({ method, params, req_id }) =>
      params.symbol.map((symbol) => ({ method, result: { channel: params.channel, symbol }, success: true, req_id })),
    );
    const client = await connectClient(server, { handler: new KrakenHandler() });
    const channels = await client.subscribeMany(['book:BTC/USD', 'book:ETH/USD', 'trade:BTC/USD']);
    expect(channels.map(({ topic }) => topic)).toEqual(['book:BTC/USD', 'book:ETH/USD', 'trade:BTC/USD']);
    expect(sent(server)).toEqual([
      { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USD'] }, req_id: 1 },
      { method: 'subscribe', params: { channel: 'trade', symbol: ['BTC/USD'] }, req_id: 1 },
    ]);
  });

  it('each topic is acknowledged on its own, all with one id (OKX) [HN2, HN3, CH8]', async () => {
    const server = await venue<OkxFrame>(({ id, op, args }) => ({ id, event: op, arg: args[0], connId: 'a4d3ae55' }));
    const client = await connectClient(server, { handler: new OkxHandler() });
    const settled: string[] = [];
    const books = client.subscribe('books?instId=BTC-USDT').then(({ topic }) => settled.push(topic));
    const tickers = client.subscribe('tickers?instId=ETH-USDT').then(({ topic }) => settled.push(topic));
    await books;
    expect(settled).toEqual(['books?instId=BTC-USDT']);
    const [{ id, op, args }] = (await sentUntil<OkxFrame>(server, 1)) as [OkxFrame];
    expect(args).toEqual([
      { channel: 'books', instId: 'BTC-USDT' },
      { channel: 'tickers', instId: 'ETH-USDT' },
    ]);
    server.broadcast({ id, event: op, arg: args[1], connId: 'a4d3ae55' });
    await tickers;
    expect(settled).toEqual(['books?instId=BTC-USDT', 'tickers?instId=ETH-USDT']);
    expect(sent(server)).toHaveLength(1);
  });

  it('a list of all topics of the connection confirms the listed topics (Alpaca) [HN2, HN7, HN14]', async () => {
    const server = await venue<{ action: string }>(({ action }) =>
      action === 'auth' ? [[{ T: 'success', msg: 'authenticated' }]] : undefined,
    );
    server.onConnection((connection) => connection.send([{ T: 'success', msg: 'connected' }]));
    const client = await connectClient(server, { handler: new AlpacaHandler() });
    const settled: string[] = [];
    const calls = ['trades.AAPL', 'trades.MSFT', 'quotes.*'].map((topic) =>
      client.subscribe(topic).then(() => settled.push(topic)),
    );
    const frames = await sentUntil(server, 2);
    expect(frames[1]).toEqual({ action: 'subscribe', trades: ['AAPL', 'MSFT'], quotes: ['*'] });
    server.broadcast([{ T: 'subscription', trades: ['AAPL', 'TSLA'], quotes: ['*'], bars: [] }]);
    await Promise.all([calls[0], calls[2]]);
    expect(settled).toEqual(['trades.AAPL', 'quotes.*']);
    server.broadcast([{ T: 'subscription', trades: ['AAPL', 'TSLA', 'MSFT'], quotes: ['*'], bars: [] }]);
    await calls[1];
    expect(settled).toEqual(['trades.AAPL', 'quotes.*', 'trades.MSFT']);
  });

  it('each batch is acknowledged as a whole (Bybit) [HN2, CH8]', async () => {
    const server = await venue<{ req_id: string; op: string }>(({ req_id, op }) => ({
      success: true,
      ret_msg: '',
      conn_id: 'd1a2b3c4',
      req_id,
      op,
    }));
    const client = await connectClient(server, { handler: new BybitHandler() });
    const channels = await client.subscribeMany(['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT']);
    expect(channels).toHaveLength(2);
    expect(sent(server)).toMatchObject([{ op: 'subscribe', args: ['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'] }]);
  });

  it('subscribe() resolves on the write without acknowledgements (plain streams) [HN1, HN2, CH8]', async () => {
    const server = await venue<{ sub: string[] }>();
    const client = await connectClient(server, { handler: new PlainStreamHandler() });
    const trades = await client.subscribe('trades');
    expect(await sentUntil(server, 1)).toEqual([{ sub: ['trades'] }]);
    const first = deferred<unknown>();
    trades.once('message', first.resolve);
    server.broadcast({ ch: 'trades', p: 1 });
    expect(await first.promise).toEqual({ ch: 'trades', p: 1 });
  });
});
