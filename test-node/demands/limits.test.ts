import type { KeepAlive, Limits, WebSocketClient } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { BinanceStreamsHandler } from '../handlers/venues/binance-streams.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { PlainStreamHandler } from '../handlers/venues/plain-stream.js';
import { clientEvent, connectClient, createClient } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

/** Confirms every topic, as OKX does. */
const okx = () =>
  venue<{ id: string; op: string; args: object[] }>(({ id, op, args }) =>
    op === 'order' ? { id, op, data: [], code: '0', msg: '' } : args.map((arg) => ({ id, event: op, arg })),
  );
const topicsOf = (count: number) => Array.from({ length: count }, (_, index) => `topic${index}`);

/** When frames left, by the client's own clock; WebSocket pings, which are no frames to the trace, where asked for. */
function departures(client: WebSocketClient, clock: VirtualClock, pings = false): number[] {
  const times: number[] = [];
  client.trace((entry) => {
    const isFrame = entry.type === 'frame' && entry.direction === 'out';
    if (isFrame || (pings && entry.type === 'effect' && entry.effect === 'ping')) times.push(clock.now());
  });
  return times;
}

/** The most departures within any window of that length. */
function busiest(times: readonly number[], window: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + window).length));
}

describe('10: limits', () => {
  it('a frame has at most topicsPerFrame topics (Bybit spot: 10) [HN24]', async () => {
    const server = await venue<{ req_id: string; op: string }>(({ req_id, op }) => ({ success: true, req_id, op }));
    const client = await connectClient(server, { handler: new BybitHandler() });
    await client.subscribeMany(topicsOf(25));
    expect(sent<{ args: string[] }>(server).map(({ args }) => args.length)).toEqual([10, 10, 5]);
  });

  it('a list of topics is halved until each frame fits bytesPerFrame, in order (OKX) [HN24]', async () => {
    class NarrowHandler extends OkxHandler {
      override readonly limits: Limits = { bytesPerFrame: 300 };
    }
    const server = await okx();
    const client = await connectClient(server, { handler: new NarrowHandler() });
    const topics = Array.from({ length: 12 }, (_, index) => `books?instId=COIN${index}-USDT`);
    await client.subscribeMany(topics);
    const frames = server.received.map(({ data }) => String(data));
    for (const frame of frames) expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(300);
    expect(frames.length).toBeGreaterThan(1);
    const args = sent<{ args: { instId: string }[] }>(server).flatMap((frame) => frame.args);
    expect(args.map(({ instId }) => `books?instId=${instId}`)).toEqual(topics);
  });

  it('a request above bytesPerFrame never leaves [HN24, ER3]', async () => {
    class NarrowHandler extends OkxHandler {
      override readonly limits: Limits = { bytesPerFrame: 300 };
    }
    const server = await okx();
    const client = await connectClient(server, { handler: new NarrowHandler() });
    const large = client.request({ op: 'order', args: ['é'.repeat(150)] });
    await expect(large).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE', limit: 300, delivery: 'unsent' });
    expect(await client.request({ op: 'order', args: [] })).toMatchObject({ code: '0' });
    expect(sent(server)).toHaveLength(1);
  });

  it('a topic above topicsPerConnection is refused until another topic ends [HN25]', async () => {
    class SmallHandler extends PlainStreamHandler {
      override readonly limits: Limits = { topicsPerConnection: 3 };
    }
    const server = await venue();
    const client = await connectClient(server, { handler: new SmallHandler() });
    const [first] = await client.subscribeMany(topicsOf(3));
    await expect(client.subscribe('more')).rejects.toMatchObject({ code: 'CAPACITY_EXCEEDED', capacity: 3 });
    await client.subscribe('topic1');
    await first?.unsubscribe();
    expect((await client.subscribe('more')).topic).toBe('more');
  });

  it('subscriptions, sends and pings share one rolling window (Binance 5/s) [HN23]', async () => {
    class PingingHandler extends BinanceStreamsHandler {
      override readonly limits: Limits = { frames: { count: 5, window: 1_000, margin: 0 }, topicsPerFrame: 1 };
      override readonly keepAlive: KeepAlive = { interval: 300, when: 'always', expectReply: false };
      override buildPing(): string {
        return '{"method":"PING"}';
      }
    }
    const clock = new VirtualClock();
    const server = await venue<{ id?: string }>(({ id }) => (id === undefined ? undefined : { result: null, id }));
    const client = await connectClient(server, { handler: new PingingHandler(), runtime: { clock } });
    const times = departures(client, clock);
    // Not at the start of a second, so that a window which is not a rolling one would let twice as many pass.
    await clock.advance(950);
    const sends = Array.from({ length: 12 }, (_, n) => client.sendJson({ n }));
    const subscribed = client.subscribeMany(topicsOf(6));
    await clock.advance(700);
    sends.push(...Array.from({ length: 4 }, (_, n) => client.sendJson({ n: 12 + n })));
    await clock.advance(12_300);
    await Promise.all(sends);
    await subscribed;
    expect(busiest(times, 1_000)).toBe(5);
    const frames = sent<{ n?: number }>(server);
    expect(frames.flatMap(({ n }) => n ?? [])).toEqual(Array.from({ length: 16 }, (_, n) => n));
    expect(times.filter((time) => time < 1_000)).toHaveLength(5);
  });

  it('WebSocket pings of the client keep within the window [HN23]', async () => {
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, {
      handler: new BinanceStreamsHandler(),
      runtime: { clock },
      config: { pingInterval: 2_000 },
    });
    const times = departures(client, clock, true);
    await clock.advance(1_500);
    await Promise.all(Array.from({ length: 5 }, (_, n) => client.sendJson({ n })));
    await clock.advance(2_000);
    await server.waitForPing();
    expect(busiest(times, 1_000)).toBe(5);
    expect(client.state).toBe('ready');
  });

  it('answers to WebSocket pings of the server count for the window (Binance) [HN23]', async () => {
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new BinanceStreamsHandler(), runtime: { clock } });
    const [connection] = server.connections;
    for (let count = 0; count < 3; count++) connection?.ping();
    await server.waitFor('three pongs', () => server.pongs === 3);
    const sends = Array.from({ length: 5 }, (_, n) => client.sendJson({ n }));
    await Promise.all(sends.slice(0, 2));
    await clock.advance(1_049);
    expect(client.stats().sent).toBe(2);
    await clock.advance(1);
    await Promise.all(sends);
    expect(await sentUntil(server, 5)).toHaveLength(5);
  });

  it('a request that times out while it waits for the window never leaves [HN23, R1, R4]', async () => {
    const clock = new VirtualClock();
    const server = await venue<{ id: string }>(({ id }) => ({ result: null, id }));
    const client = await connectClient(server, { handler: new BinanceStreamsHandler(), runtime: { clock } });
    const calls = Array.from({ length: 5 }, () => client.request({ method: 'LIST_SUBSCRIPTIONS' }));
    const late = client.request({ method: 'LATE' }, { timeout: 500 });
    await Promise.all(calls);
    await clock.advance(500);
    await expect(late).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unsent' });
    await clock.advance(5_000);
    await client.sendJson({ method: 'END' });
    await server.waitForMessage('END');
    expect(sent<{ method: string }>(server).map(({ method }) => method)).not.toContain('LATE');
  });

  it('a limit on subscription frames does not delay requests (OKX 480 per hour) [HN23, DL8]', async () => {
    class RationedHandler extends OkxHandler {
      override readonly limits: Limits = {
        subscriptionFrames: { count: 2, window: 3_600_000, margin: 0 },
        topicsPerFrame: 1,
      };
      override readonly keepAlive: KeepAlive = { interval: 7_200_000, when: 'after-silence', expectReply: true };
    }
    const clock = new VirtualClock();
    const server = await okx();
    const client = await connectClient(server, {
      handler: new RationedHandler(),
      runtime: { clock },
      config: { requestTimeout: Infinity },
    });
    const subscribed = client.subscribeMany(['a', 'b', 'c']);
    expect(await client.request({ op: 'order', args: [] })).toMatchObject({ code: '0' });
    await clock.advance(3_599_999);
    expect(sent<{ op: string }>(server).filter(({ op }) => op === 'subscribe')).toHaveLength(2);
    await clock.advance(1);
    expect(await subscribed).toHaveLength(3);
  });

  it('a connection is replaced before the server ends it (Binance 24 h) [HN26, S3]', async () => {
    const clock = new VirtualClock();
    const server = await venue<{ id: string }>(({ id }) => ({ result: null, id }));
    const client = await connectClient(server, {
      handler: new BinanceStreamsHandler(),
      runtime: { clock },
      config: { pingInterval: 0 },
    });
    await client.subscribe('btcusdt@aggTrade');
    await clock.advance(86_099_999);
    expect(client.epoch).toBe(1);
    const again = clientEvent(client, 'reconnected');
    await clock.advance(1);
    const { code } = await server.waitForClose();
    await clock.advance(1_000);
    await again;
    expect(code).toBe(1000);
    expect(await sentUntil(server, 2)).toMatchObject([{ method: 'SUBSCRIBE' }, { method: 'SUBSCRIBE' }]);
  });

  it('a frame of onConnect meets the deadline for the first subscribe on every connection [C3, DL7]', async () => {
    class DeadlineHandler extends PlainStreamHandler {
      override onConnect(): string {
        return this.buildSubscribe(['status']);
      }
    }
    const server = await venue();
    const client = createClient(server, { handler: new DeadlineHandler() });
    const call = client.sendJson({ op: 'later' });
    await client.connect();
    await call;
    await sentUntil(server, 2);
    const again = clientEvent(client, 'reconnected');
    server.dropAll();
    await again;
    expect(await sentUntil(server, 3)).toEqual([{ sub: ['status'] }, { op: 'later' }, { sub: ['status'] }]);
  });
});
