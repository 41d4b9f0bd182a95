import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { AlpacaHandler } from '../handlers/venues/alpaca.js';
import { HtxHandler } from '../handlers/venues/htx.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { gzip } from '../support/gzip.js';
import { clientEvent, collect, connectClient, deferred } from '../support/live.js';
import { sent, venue } from './venue.js';

describe('5: the shape of a frame', () => {
  it('each update of a frame reaches its own channel, in order (Alpaca) [HN7, S5]', async () => {
    const state = { T: 'subscription', trades: ['AAPL'], quotes: ['MSFT'], bars: [] };
    const server = await venue<{ action: string }>(({ action }) =>
      action === 'auth' ? [[{ T: 'success', msg: 'authenticated' }]] : [[state]],
    );
    const client = await connectClient(server, { handler: new AlpacaHandler() });
    const [trades, quotes] = await client.subscribeMany(['trades.AAPL', 'quotes.MSFT']);
    const order: unknown[] = [];
    for (const channel of [trades, quotes]) channel?.on('message', (data) => order.push(data));
    const last = trades && collect(trades);
    const parts = [
      { T: 't', S: 'AAPL', p: 1 },
      { T: 'q', S: 'MSFT', bp: 2 },
      { T: 't', S: 'AAPL', p: 3 },
    ];
    server.broadcast(parts);
    await last?.until(2);
    expect(order).toEqual(parts);
  });

  it('a plain-text pong is taken and other text is a message event (OKX) [HN17, CL35]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new OkxHandler() });
    const texts: string[] = [];
    client.on('message', (message) => texts.push(message.text));
    const last = clientEvent(client, 'message', ({ text }) => text === 'end');
    for (const text of ['pong', 'maintenance', 'pong', 'end']) server.broadcast(text);
    await last;
    expect(texts).toEqual(['maintenance', 'end']);
  });

  it('asynchronous decompression keeps the order of frames (HTX) [HN8, S5]', async () => {
    const server = await venue<{ sub: string; id: string }>(({ sub, id }) => gzip({ id, status: 'ok', subbed: sub }));
    const client = await connectClient(server, { handler: new HtxHandler() });
    const ticks = collect(await client.subscribe('market.btcusdt.trade'));
    const tick = (n: number, more = '') => ({ ch: 'market.btcusdt.trade', n, more });
    server.broadcast(gzip(tick(1, 'x'.repeat(1_000_000))));
    server.broadcast(gzip(tick(2)));
    server.broadcast(tick(3));
    server.broadcast(gzip(tick(4)));
    expect((await ticks.until(4)).map((data) => (data as { n: number }).n)).toEqual([1, 2, 3, 4]);
  });

  it('the order is kept when the first decode ends last [HN8, S5]', async () => {
    const release = deferred();
    class SlowHandler extends HtxHandler {
      #count = 0;
      override async decodeBinary(data: Uint8Array): Promise<string> {
        const text = await super.decodeBinary(data);
        if (++this.#count === 1) await release.promise;
        return text;
      }
    }
    const server = await venue<{ sub: string; id: string }>(({ sub, id }) => ({ id, status: 'ok', subbed: sub }));
    const client = await connectClient(server, { handler: new SlowHandler() });
    const ticks = collect(await client.subscribe('market.btcusdt.trade'));
    server.broadcast(gzip({ ch: 'market.btcusdt.trade', n: 1 }));
    server.broadcast({ ch: 'market.btcusdt.trade', n: 2 });
    const [connection] = server.connections;
    connection?.ping();
    await server.waitFor('the pong', () => server.pongs > 0);
    expect(ticks.items).toEqual([]);
    release.resolve();
    expect(await ticks.until(2)).toMatchObject([{ n: 1 }, { n: 2 }]);
  });

  it('a frame that cannot be decompressed is reported and skipped [HN8, HN30]', async () => {
    const server = await venue<{ sub: string; id: string }>(({ sub, id }) => ({ id, status: 'ok', subbed: sub }));
    const client = await connectClient(server, { handler: new HtxHandler() });
    const ticks = collect(await client.subscribe('market.btcusdt.trade'));
    const error = clientEvent(client, 'error');
    server.broadcast(new Uint8Array([1, 2, 3]));
    server.broadcast(gzip({ ch: 'market.btcusdt.trade', n: 1 }));
    expect(await error).toMatchObject([{ code: 'PROTOCOL_ERROR' }]);
    expect(await ticks.until(1)).toMatchObject([{ n: 1 }]);
    expect(sent(server)).toHaveLength(1);
  });

  it('a channel gets the bytes and the text of an update [MS1]', async () => {
    const server = await venue<{ sub: string; id: string }>(({ sub, id }) => ({ id, status: 'ok', subbed: sub }));
    const client = await connectClient(server, { handler: new HtxHandler() });
    const channel = await client.subscribe('market.btcusdt.trade');
    const seen = deferred<Message>();
    channel.on('message', (_, update) => seen.resolve(update.message));
    const bytes = gzip({ ch: 'market.btcusdt.trade', n: 1 });
    server.broadcast(bytes);
    const message = await seen.promise;
    expect(message.text).toBe('{"ch":"market.btcusdt.trade","n":1}');
    expect(new Uint8Array(message.raw as Uint8Array)).toEqual(bytes);
  });
});
