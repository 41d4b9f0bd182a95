import type { Gap } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { BinanceStreamsHandler } from '../handlers/venues/binance-streams.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { channelEvent, collect, connectClient } from '../support/live.js';
import { venue } from './venue.js';

const books = (action: string, seqId: number, prevSeqId: number) => ({
  arg: { channel: 'books', instId: 'BTC-USDT' },
  action,
  data: [{ seqId, prevSeqId }],
});

async function okxBooks() {
  const server = await venue<{ id: string; op: string; args: object[] }>(({ id, op, args }) => ({
    id,
    event: op,
    arg: args[0],
  }));
  const client = await connectClient(server, { handler: new OkxHandler() });
  const channel = await client.subscribe('books?instId=BTC-USDT');
  const gaps: Gap[] = [];
  channel.on('gap', (gap) => gaps.push(gap));
  return { server, client, channel, gaps, updates: collect(channel) };
}

describe('12: continuity', () => {
  it('a missing update is a gap without a disconnect when updates name their predecessor (OKX) [HN27, CH20, CH2]', async () => {
    const { server, client, channel, gaps, updates } = await okxBooks();
    const seen: unknown[] = [];
    channel.on('message', (_, { sequence, snapshot, gap }) => seen.push([sequence, snapshot, gap?.cause]));
    server.broadcast(books('snapshot', 450_001, -1));
    server.broadcast(books('update', 450_004, 450_001));
    server.broadcast(books('update', 450_009, 450_007));
    server.broadcast(books('update', 450_010, 450_009));
    server.broadcast(books('snapshot', 3, -1));
    server.broadcast(books('update', 5, 3));
    await updates.until(6);
    expect(gaps).toMatchObject([{ cause: 'sequence', epoch: 1 }]);
    expect(gaps[0]?.since).toBeLessThanOrEqual(gaps[0]?.until ?? 0);
    expect(seen).toEqual([
      [450_001, true, undefined],
      [450_004, undefined, undefined],
      [450_009, undefined, 'sequence'],
      [450_010, undefined, undefined],
      [3, true, undefined],
      [5, undefined, undefined],
    ]);
    expect(client.epoch).toBe(1);
  });

  it('a reconnect is one gap, because sequences are compared within a connection (OKX) [HN27, CH19]', async () => {
    const { server, channel, gaps, updates } = await okxBooks();
    server.broadcast(books('snapshot', 450_001, -1));
    await updates.until(1);
    const resumed = channelEvent(channel, 'resumed');
    server.dropAll();
    await resumed;
    server.broadcast(books('update', 470_000, 469_998));
    server.broadcast(books('update', 470_002, 470_000));
    await updates.until(3);
    expect(gaps.map(({ cause }) => cause)).toEqual(['disconnect']);
  });

  it('a missing number is a gap when numbers follow each other (Bybit) [HN27]', async () => {
    const server = await venue<{ req_id: string; op: string }>(({ req_id, op }) => ({ success: true, req_id, op }));
    const client = await connectClient(server, { handler: new BybitHandler() });
    const [book, tickers] = await client.subscribeMany(['orderbook.50.BTCUSDT', 'tickers.BTCUSDT']);
    const causes: string[] = [];
    for (const channel of [book, tickers]) channel?.on('gap', ({ cause }) => causes.push(cause));
    const updates = book && collect(book);
    const send = (type: string, u: number) => server.broadcast({ topic: 'orderbook.50.BTCUSDT', type, data: { u } });
    send('snapshot', 88_120_001);
    send('delta', 88_120_002);
    server.broadcast({ topic: 'tickers.BTCUSDT', type: 'delta', data: {} });
    send('delta', 88_120_003);
    await updates?.until(3);
    expect(causes).toEqual([]);
    send('delta', 88_120_005);
    await updates?.until(4);
    expect(causes).toEqual(['sequence']);
  });

  it.each([
    [
      'futures name the predecessor (pu)',
      { U: 157, u: 160, pu: 149 },
      { U: 161, u: 170, pu: 160 },
      { U: 175, u: 180, pu: 174 },
    ],
    ['spot numbers follow each other (U)', { U: 157, u: 160 }, { U: 161, u: 170 }, { U: 175, u: 180 }],
  ])('Binance: %s [HN27]', async (_, ...diffs) => {
    const server = await venue<{ id: string }>(({ id }) => ({ result: null, id }));
    const client = await connectClient(server, { handler: new BinanceStreamsHandler() });
    const depth = await client.subscribe('btcusdt@depth@100ms');
    const gapped: (string | undefined)[] = [];
    depth.on('message', (_data, { gap }) => gapped.push(gap?.cause));
    const updates = collect(depth);
    for (const data of diffs) server.broadcast({ stream: 'btcusdt@depth@100ms', data });
    await updates.until(3);
    expect(gapped).toEqual([undefined, undefined, 'sequence']);
  });
});
