import type { KeepAlive, Message } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { BinanceStreamsHandler } from '../handlers/venues/binance-streams.js';
import { BitgetHandler } from '../handlers/venues/bitget.js';
import { BybitHandler } from '../handlers/venues/bybit.js';
import { DeribitHandler } from '../handlers/venues/deribit.js';
import { HtxHandler } from '../handlers/venues/htx.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { PlainStreamHandler } from '../handlers/venues/plain-stream.js';
import { clientEvent, collect, connectClient } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

describe('7: keep-alive', () => {
  it('a WebSocket ping leaves on a timer and the platform answers (Binance) [HN17]', async () => {
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new BinanceStreamsHandler(), runtime: { clock } });
    await clock.advance(29_999);
    expect(server.pings).toBe(0);
    await clock.advance(1);
    await server.waitForPing();
    expect(client.state).toBe('ready');
    expect(server.received).toEqual([]);
  });

  it('an application ping leaves on a timer and its answer gives the round trip (Bybit) [HN17, HN18]', async () => {
    const clock = new VirtualClock();
    const server = await venue<{ op: string }>();
    const client = await connectClient(server, { handler: new BybitHandler(), runtime: { clock } });
    const messages: Message[] = [];
    client.on('message', (message) => messages.push(message));
    await clock.advance(20_000);
    expect(await sentUntil(server, 1)).toEqual([{ op: 'ping' }]);
    await clock.advance(40);
    server.broadcast({ success: true, ret_msg: 'pong', conn_id: 'd1a2', req_id: '', op: 'ping' });
    server.broadcast({ end: true });
    await clientEvent(client, 'message');
    expect(client.stats().roundTrip).toBe(40);
    expect(messages.map(({ text }) => text)).toEqual(['{"end":true}']);
    expect(server.pings).toBe(0);
    await clock.advance(19_960);
    expect(await sentUntil(server, 2)).toHaveLength(2);
  });

  it('an application ping leaves only after silence (OKX) [HN18]', async () => {
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new OkxHandler(), runtime: { clock } });
    await clock.advance(24_000);
    server.broadcast({ event: 'channel-conn-count', channel: 'orders', connCount: '2', connId: 'abcd1234' });
    await clientEvent(client, 'message');
    await clock.advance(24_999);
    expect(server.received).toEqual([]);
    await clock.advance(1);
    await server.waitForMessage('ping');
    server.broadcast('pong');
    await server.waitFor('the text', () => server.received.length === 1);
  });

  it('an unconditional ping without an answer replaces the link (Bitget) [HN18]', async () => {
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new BitgetHandler(), runtime: { clock } });
    await clock.advance(20_000);
    server.broadcast({ event: 'subscribe' });
    await clientEvent(client, 'message');
    await clock.advance(10_000);
    await server.waitForMessage('ping');
    const lost = clientEvent(client, 'disconnected');
    await clock.advance(10_000);
    expect(await lost).toMatchObject([{ cause: { code: 'CONNECTION_CLOSED' } }]);
  });

  it('an unconditional ping that expects no answer keeps a silent link [HN18]', async () => {
    class QuietVenue extends PlainStreamHandler {
      override readonly keepAlive: KeepAlive = { interval: 15_000, when: 'always', expectReply: false };
      override buildPing(): string {
        return '{"ping":1}';
      }
    }
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new QuietVenue(), runtime: { clock } });
    await clock.advance(75_000);
    expect(await sentUntil(server, 5)).toHaveLength(5);
    expect(client.stats()).toMatchObject({ state: 'ready', epoch: 1 });
  });

  it('a ping of the server is answered with its number (HTX) [HN17]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new HtxHandler() });
    const messages: string[] = [];
    client.on('message', ({ text }) => messages.push(text));
    server.broadcast({ ping: 1492420473027 });
    expect(await sentUntil(server, 1)).toEqual([{ pong: 1492420473027 }]);
    expect(messages).toEqual([]);
  });

  it('a test request is answered with a request, and the application sees neither (Deribit) [HN29]', async () => {
    const server = await venue<{ id: string | number; method: string }>(({ id, method }) => ({
      jsonrpc: '2.0',
      id,
      result: method === 'public/test' ? { version: '1.2.26' } : 'ok',
      testnet: false,
    }));
    const client = await connectClient(server, { handler: new DeribitHandler() });
    const messages: string[] = [];
    client.on('message', ({ text }) => messages.push(text));
    client.on('request', ({ method }) => messages.push(method));
    server.broadcast({ params: { type: 'heartbeat' }, method: 'heartbeat', jsonrpc: '2.0' });
    server.broadcast({ params: { type: 'test_request' }, method: 'heartbeat', jsonrpc: '2.0' });
    expect(await sentUntil<{ method: string }>(server, 2)).toMatchObject([
      { method: 'public/set_heartbeat', params: { interval: 30 } },
      { method: 'public/test' },
    ]);
    expect(await client.request({ method: 'public/hello' })).toBe('ok');
    expect(messages).toEqual(['{"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"}']);
  });

  it('a heartbeat channel is delivered and makes pings unnecessary [HN18]', async () => {
    class HeartbeatVenue extends PlainStreamHandler {
      override readonly keepAlive: KeepAlive = { interval: 10_000, when: 'after-silence', expectReply: true };
      override buildPing(): string {
        return '{"ping":1}';
      }
    }
    const clock = new VirtualClock();
    const server = await venue();
    const client = await connectClient(server, { handler: new HeartbeatVenue(), runtime: { clock } });
    const beats = collect(await client.subscribe('heartbeats'));
    for (let count = 1; count <= 4; count++) {
      await clock.advance(9_000);
      server.broadcast({ ch: 'heartbeats', count });
      await beats.until(count);
    }
    expect(sent(server)).toEqual([{ sub: ['heartbeats'] }]);
  });
});
