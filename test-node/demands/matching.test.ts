import { describe, expect, it } from 'vitest';
import { BinanceStreamsHandler } from '../handlers/venues/binance-streams.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { HyperliquidHandler } from '../handlers/venues/hyperliquid.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { connectClient, outcomeOf } from '../support/live.js';
import { sentUntil, venue } from './venue.js';

describe('2: matching of acknowledgements', () => {
  it('an acknowledgement is matched by its id, in any order (Binance streams) [HN3]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new BinanceStreamsHandler() });
    const trades = outcomeOf(client.subscribe('btcusdt@aggTrade'));
    const [first] = await sentUntil<{ id: string }>(server, 1);
    const nope = outcomeOf(client.subscribe('nope'));
    const [, second] = await sentUntil<{ id: string }>(server, 2);
    server.broadcast({ error: { code: 2, msg: 'Invalid request: missing field `method`' }, id: null });
    server.broadcast({ error: { code: 2, msg: 'Invalid request: invalid stream' }, id: second?.id });
    server.broadcast({ result: null, id: first?.id });
    expect(await nope).toMatchObject({ error: { topic: 'nope', serverCode: 2 } });
    expect(await trades).toMatchObject({ value: { topic: 'btcusdt@aggTrade' } });
  });

  it('an acknowledgement is matched by its topics, accepted and refused in one frame (Bybit options) [HN3, HN4]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new BybitHandler() });
    const other = outcomeOf(client.subscribe('tickers.ETH-25DEC26-5000-C'));
    await sentUntil(server, 1);
    const good = outcomeOf(client.subscribe('tickers.BTC-25DEC26-100000-P'));
    const bad = outcomeOf(client.subscribe('tickers.BTC-NOPE'));
    await sentUntil(server, 2);
    const answer = (failTopics: string[], successTopics: string[]) =>
      server.broadcast({
        success: true,
        conn_id: 'aa01fbff',
        data: { failTopics, successTopics },
        type: 'COMMAND_RESP',
      });
    answer(['tickers.BTC-NOPE'], ['tickers.BTC-25DEC26-100000-P']);
    answer([], ['tickers.ETH-25DEC26-5000-C']);
    expect(await good).toHaveProperty('value');
    expect(await bad).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED', topic: 'tickers.BTC-NOPE' } });
    expect(await other).toHaveProperty('value');
  });

  it('an acknowledgement is matched by some fields of the topic (OKX without ids) [HN3]', async () => {
    const server = await venue<{ args: object[] }>(() => [
      { event: 'subscribe', arg: { channel: 'account' }, connId: 'a4d3ae55' },
      { event: 'subscribe', arg: { channel: 'orders', instType: 'SPOT' }, connId: 'a4d3ae55' },
    ]);
    const client = await connectClient(server, { handler: new OkxHandler() });
    const channels = await client.subscribeMany(['orders?instId=BTC-USDT&instType=SPOT', 'account']);
    expect(channels).toHaveLength(2);
  });

  it('an acknowledgement is matched although the server added default fields (Hyperliquid) [HN2, HN3]', async () => {
    const server = await venue<{ method: string; subscription: object }>(({ method, subscription }) => ({
      channel: 'subscriptionResponse',
      data: { method, subscription: { ...subscription, nSigFigs: null, mantissa: null } },
    }));
    const client = await connectClient(server, { handler: new HyperliquidHandler() });
    expect(await client.subscribeMany(['l2Book:BTC', 'l2Book:ETH'])).toHaveLength(2);
    expect(await sentUntil(server, 2)).toEqual([
      { method: 'subscribe', subscription: { type: 'l2Book', coin: 'BTC' } },
      { method: 'subscribe', subscription: { type: 'l2Book', coin: 'ETH' } },
    ]);
  });

  it('an acknowledgement is matched by order when it has nothing else (Bybit without req_id) [HN3]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new BybitHandler() });
    const first = outcomeOf(client.subscribe('orderbook.50.NOPEUSDT'));
    await sentUntil(server, 1);
    const second = outcomeOf(client.subscribe('tickers.BTCUSDT'));
    await sentUntil(server, 2);
    server.broadcast({ success: false, ret_msg: 'error:handler not found', op: 'subscribe', req_id: '' });
    server.broadcast({ success: true, ret_msg: '', op: 'subscribe', req_id: '' });
    expect(await first).toMatchObject({ error: { topic: 'orderbook.50.NOPEUSDT' } });
    expect(await second).toMatchObject({ value: { topic: 'tickers.BTCUSDT' } });
  });
});
