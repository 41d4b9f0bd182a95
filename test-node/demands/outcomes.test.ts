import { describe, expect, it } from 'vitest';
import { BinanceApiHandler } from '../handlers/venues/binance-wsapi.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { DeribitHandler } from '../handlers/venues/deribit.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { channelEvent, collect, connectClient } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

interface Bybit {
  readonly req_id: string;
  readonly op: string;
  readonly args: readonly string[];
}
interface Okx {
  readonly id: string;
  readonly op: string;
  readonly args: readonly object[];
}

describe('3: outcomes of a subscribe', () => {
  it('a topic that the acknowledgement leaves out is refused (Deribit) [HN4, CL16, CH9]', async () => {
    const server = await venue<{ id: number; method: string; params: { channels: string[] } }>(
      ({ id, method, params }) => ({
        jsonrpc: '2.0',
        id,
        result:
          method === 'public/subscribe' ? params.channels.filter((name) => !name.includes('NOPE')).reverse() : 'ok',
        testnet: false,
      }),
    );
    const client = await connectClient(server, { handler: new DeribitHandler() });
    const topics = ['book.BTC-PERPETUAL.100ms', 'ticker.BTC-PERPETUAL.100ms', 'book.NOPE-PERPETUAL.100ms'];
    const { channels, errors } = await client.subscribeMany(topics, { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(topics.slice(0, 2));
    expect([...errors.keys()]).toEqual(topics.slice(2));
    expect(errors.get('book.NOPE-PERPETUAL.100ms')).toMatchObject({ code: 'SUBSCRIPTION_FAILED' });
  });

  it('a batch that is refused for one bad topic is retried in halves (Bybit) [HN4, CH11, S6]', async () => {
    const server = await venue<Bybit>(({ req_id, op, args }) => {
      const bad = args.find((topic) => topic.includes('NOPE'));
      return { success: !bad, ret_msg: bad ? `error:handler not found,topic:${bad}` : '', req_id, op };
    });
    const client = await connectClient(server, { handler: new BybitHandler() });
    const topics = ['orderbook.50.BTCUSDT', 'orderbook.50.NOPEUSDT', 'publicTrade.BTCUSDT'];
    const { channels, errors } = await client.subscribeMany(topics, { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(['orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT']);
    expect(errors.get('orderbook.50.NOPEUSDT')?.message).toContain('error:handler not found');
    expect(sent<Bybit>(server).map(({ args }) => args)).toEqual([
      topics,
      topics.slice(0, 2),
      topics.slice(2),
      ...topics.slice(0, 2).map((topic) => [topic]),
    ]);
  });

  it('"already subscribed" confirms its topic, and the rest of the frame is retried (Bybit) [HN4, CH11]', async () => {
    const server = await venue<Bybit>(({ req_id, op, args }) =>
      args.includes('orderbook.50.BTCUSDT')
        ? { success: false, ret_msg: 'error:already subscribed,topic:orderbook.50.BTCUSDT', req_id, op }
        : { success: true, ret_msg: '', req_id, op },
    );
    const client = await connectClient(server, { handler: new BybitHandler() });
    const topics = ['orderbook.50.BTCUSDT', 'tickers.BTCUSDT'];
    expect(await client.subscribeMany(topics)).toHaveLength(2);
    expect(sent<Bybit>(server).map(({ args }) => args)).toEqual([topics, ...topics.map((topic) => [topic])]);
  });

  it('a topic that is refused in prose fails beside an accepted topic (OKX) [HN4, CH9]', async () => {
    const server = await venue<Okx>(({ id, op, args }) => [
      { id, event: op, arg: args[0], connId: 'a4d3ae55' },
      {
        id,
        event: 'error',
        msg: "Wrong URL or channel:books,instId:NOPE-USDT doesn't exist. Please use the correct URL.",
        code: '60018',
        connId: 'a4d3ae55',
      },
    ]);
    const client = await connectClient(server, { handler: new OkxHandler() });
    const topics = ['books?instId=BTC-USDT', 'books?instId=NOPE-USDT'];
    const { channels, errors } = await client.subscribeMany(topics, { partial: true });
    expect(channels.map(({ topic }) => topic)).toEqual(topics.slice(0, 1));
    expect(errors.get('books?instId=NOPE-USDT')).toMatchObject({ serverCode: '60018' });
  });

  it('a final revocation emits error, then close, on its topic only (OKX) [HN4]', async () => {
    const server = await venue<Okx>(({ id, op, args }) => args.map((arg) => ({ id, event: op, arg, connId: 'a4' })));
    const client = await connectClient(server, { handler: new OkxHandler() });
    const [orders, account] = await client.subscribeMany(['orders?instType=SPOT', 'account']);
    if (!orders || !account) throw new Error('both were accepted');
    const events: string[] = [];
    orders.on('error', ({ message }) => events.push(message));
    const closed = channelEvent(orders, 'close');
    orders.on('close', () => events.push('close'));
    server.broadcast({ event: 'channel-conn-count-error', channel: 'orders', connCount: '30', connId: 'a4' });
    await closed;
    expect(events).toEqual([expect.stringContaining('Too many connections'), 'close']);
    expect([orders.closed, account.closed]).toEqual([true, false]);
    expect(client.stats().subscriptions).toBe(1);
  });

  it('a retryable revocation resubscribes with a gap (Binance) [HN4, CH19, CH20]', async () => {
    let subscriptionId = 0;
    const server = await venue<{ id: string }>(({ id }) => ({
      id,
      status: 200,
      result: { subscriptionId: subscriptionId++ },
    }));
    const client = await connectClient(server, { handler: new BinanceApiHandler() });
    const account = await client.subscribe('userData');
    const updates = collect(account);
    server.broadcast({ subscriptionId: 0, event: { e: 'executionReport', i: 1 } });
    await updates.until(1);
    const gap = channelEvent(account, 'gap');
    const resumed = channelEvent(account, 'resumed');
    server.broadcast({ subscriptionId: 0, event: { e: 'eventStreamTerminated', E: 1790000003334 } });
    expect(await gap).toMatchObject([{ cause: 'resync', epoch: 1 }]);
    await resumed;
    server.broadcast({ subscriptionId: 1, event: { e: 'executionReport', i: 2 } });
    expect(await updates.until(2)).toMatchObject([{ i: 1 }, { i: 2 }]);
    expect(await sentUntil(server, 2)).toMatchObject([
      { method: 'userDataStream.subscribe' },
      { method: 'userDataStream.subscribe' },
    ]);
  });
});
