import { GenericJsonHandler, type Message, type Sequence, type Signal } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { BinanceStreamsHandler } from '../handlers/venues/binance-streams.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { channelEvent, clientEvent, collect, connectClient, serve, topicsOf } from '../support/live.js';
import { sentUntil, venue } from './venue.js';

describe('9: signals of the server', () => {
  it('a reconnect signal in an answer settles the request first (Bybit 10019) [HN20, HN11]', async () => {
    const server = await venue<{ reqId: string; op: string }>(({ reqId, op }, { index }) => ({
      reqId,
      retCode: index === 0 ? 10_019 : 0,
      retMsg: index === 0 ? 'ws trade service is restarting' : 'OK',
      op,
      data: {},
    }));
    const client = await connectClient(server, { handler: new BybitHandler() });
    const ready = clientEvent(client, 'reconnected');
    const call = client.request({ op: 'order.create', args: [] });
    const deliveries: string[] = [];
    client.once('disconnected', () => deliveries.push(call.delivery));
    await expect(call).rejects.toMatchObject({ code: 'REQUEST_REJECTED', serverCode: 10_019 });
    await ready;
    expect(deliveries).toEqual(['answered']);
    expect(await client.request({ op: 'order.create', args: [] })).toMatchObject({ retCode: 0 });
  });

  it('a make-before-break signal leads to a reconnect (OKX 64008) [HN20, S3]', async () => {
    const server = await venue<{ id: string; op: string; args: object[] }>(({ id, op, args }) => ({
      id,
      event: op,
      arg: args[0],
    }));
    const client = await connectClient(server, { handler: new OkxHandler() });
    const books = await client.subscribe('books?instId=BTC-USDT');
    const lost = clientEvent(client, 'disconnected');
    const resumed = channelEvent(books, 'resumed');
    const msg = 'The connection will soon be closed for a service upgrade. Please reconnect.';
    server.broadcast({ event: 'notice', code: '64008', msg, connId: 'a4d3ae55' });
    expect(await lost).toMatchObject([{ code: 1000, cause: { code: 'CONNECTION_CLOSED' } }]);
    expect(await resumed).toEqual([2]);
    expect(await sentUntil(server, 2)).toMatchObject([{ op: 'subscribe' }, { op: 'subscribe' }]);
  });

  it('a reconnect signal may come as an update of an unknown topic (Binance) [HN20]', async () => {
    const server = await venue<{ id: string }>(({ id }) => ({ result: null, id }));
    const client = await connectClient(server, { handler: new BinanceStreamsHandler() });
    const trades = await client.subscribe('btcusdt@aggTrade');
    const gap = channelEvent(trades, 'gap');
    server.broadcast({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: 1790000003789 } });
    expect(await gap).toMatchObject([{ epoch: 2, cause: 'disconnect' }]);
    expect(server.connectionCount).toBe(2);
  });

  it('a resync signal resubscribes its topic only [HN22, CH19, CH20]', async () => {
    class ResyncHandler extends GenericJsonHandler {
      override extractSignal(message: Message): Signal | undefined {
        if (message.field('op') !== 'stale') return undefined;
        return { type: 'resync', topics: [String(message.field('channel'))] };
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new ResyncHandler() });
    const [book, trades] = await client.subscribeMany(['book', 'trades']);
    if (!book || !trades) throw new Error('both were accepted');
    const tradeGaps: unknown[] = [];
    trades.on('gap', (gap) => tradeGaps.push(gap));
    const gap = channelEvent(book, 'gap');
    const resumed = channelEvent(book, 'resumed');
    server.broadcast({ op: 'stale', channel: 'book' });
    expect(await gap).toMatchObject([{ cause: 'resync', epoch: 1 }]);
    await resumed;
    const updates = collect(book);
    server.publish('book', 1);
    await updates.until(1);
    expect([topicsOf(server), topicsOf(server, 'unsubscribe')]).toEqual([[['book', 'trades'], ['book']], [['book']]]);
    expect(tradeGaps).toEqual([]);
    expect(client.epoch).toBe(1);
  });

  it('a wrong checksum resubscribes its topic [HN22, HN27]', async () => {
    class ChecksumHandler extends GenericJsonHandler {
      override extractSequence(message: Message): Sequence | undefined {
        const { n, sum } = this.extractData(message) as { n: number; sum: number };
        return { current: n, ...(sum !== n * 7 && { resync: true }) };
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new ChecksumHandler() });
    const book = await client.subscribe('book');
    const updates = collect(book);
    server.publish('book', { n: 1, sum: 7 });
    await updates.until(1);
    const gap = channelEvent(book, 'gap');
    const resumed = channelEvent(book, 'resumed');
    server.publish('book', { n: 2, sum: 0 });
    expect(await gap).toMatchObject([{ cause: 'resync' }]);
    await resumed;
    server.publish('book', { n: 3, sum: 21 });
    await updates.until(3);
    expect([topicsOf(server), topicsOf(server, 'unsubscribe')]).toEqual([[['book'], ['book']], [['book']]]);
    expect(client.epoch).toBe(1);
  });
});
