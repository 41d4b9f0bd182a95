import { type ConfigError, GenericJsonHandler, type Runtime, WebSocketClient } from 'hpx-transport-ws';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import { Recorder } from 'hpx-transport-ws/recording';
import { describe, expect, it } from 'vitest';
import { atEnd, barrier, channelEvent, clientEvent, deferred, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { recorded } from './recordings.js';

const KEY = 'kx7-invented-key-01';

describe('a recorder', () => {
  it('writes the life of each socket, line by line [RP2]', async () => {
    const server = await serve();
    const before = Date.now();
    const world = recorded(`${server.url}/stream?token=${KEY}`);
    await world.client.connect();
    const trades = await world.client.subscribe('trades.BTC');
    server.publish('trades.BTC', { price: 64_000 });
    await channelEvent(trades, 'message');
    server.closeAll(4_001, 'maintenance');
    await clientEvent(world.client, 'reconnected');
    await world.client.close({ code: 3_000, reason: 'done' });

    const header = JSON.parse(world.lines[0] ?? '');
    expect(header).toEqual({ recording: 'hpx-transport-ws', version: 1, startedAt: expect.any(Number) });
    expect(header.startedAt).toBeGreaterThanOrEqual(before - 1);
    const times = world.lines.slice(1).map((line) => JSON.parse(line).time as number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const url = `${server.url}/stream`;
    const { events } = world;
    expect(events.slice(0, 6)).toEqual([
      { socket: 1, event: 'connecting', url },
      { socket: 1, event: 'open' },
      { socket: 1, event: 'out', text: expect.stringContaining('"op":"subscribe"') },
      { socket: 1, event: 'in', text: expect.stringContaining('"success":true') },
      { socket: 1, event: 'in', text: '{"topic":"trades.BTC","data":{"price":64000}}' },
      { socket: 1, event: 'close', code: 4_001, reason: 'maintenance', wasClean: true },
    ]);
    expect(events.slice(6, 8)).toEqual([
      { socket: 2, event: 'connecting', url },
      { socket: 2, event: 'open' },
    ]);
    expect(events).toContainEqual({ socket: 2, event: 'leave', code: 3_000, reason: 'done' });
    expect(events.at(-1)).toMatchObject({ socket: 2, event: 'close', code: 3_000 });
    expect(world.lines.join('\n')).not.toContain(KEY);
    expect([world.recorder.lines, world.recorder.lost]).toEqual([world.lines.length, 0]);
  });

  it('writes pings, pongs and refused attempts [RP2]', async () => {
    const server = await serve();
    server.refuseUpgrades({ status: 429, headers: { 'Retry-After': 0 }, times: 1 });
    const world = recorded(server.url, { config: { pingInterval: 5 } });
    await world.client.connect();
    server.connections[0]?.ping();
    await server.waitFor('a ping', () => server.pings > 0 && server.pongs > 0);
    await barrier(world.client);
    await world.client.close();
    const { events } = world;
    expect(events.slice(0, 3)).toEqual([
      { socket: 1, event: 'connecting', url: `${server.url}/` },
      { socket: 1, event: 'error', message: expect.stringContaining('429'), status: 429, retryAfter: 0 },
      { socket: 1, event: 'close', code: 1_006, reason: '', wasClean: false },
    ]);
    expect(events).toContainEqual({ socket: 2, event: 'ping', direction: 'in' });
    expect(events).toContainEqual({ socket: 2, event: 'ping', direction: 'out' });
    expect(events).toContainEqual({ socket: 2, event: 'pong', direction: 'in' });
  });

  it('shows of a login only the size, and masks other frames as the trace does [RP3]', async () => {
    class Handler extends LoginHandler {
      override buildAuthMessage(): string {
        return `{"op":"auth","key":"${KEY}"}`;
      }
    }
    const server = await serve({ authentication: { success: { op: 'auth', success: true, session: KEY } } });
    const handler = new Handler();
    const world = recorded(server.url, { handler });
    const traced: string[] = [];
    world.client.trace((entry) => entry.type === 'frame' && traced.push(`${entry.direction} ${entry.text}`));
    await world.client.connect();
    await world.client.request({ op: 'order', apiKey: KEY });
    await world.client.close();
    const frames = world.events.filter(({ event }) => event === 'in' || event === 'out');
    expect(frames.slice(0, 2)).toEqual([
      { socket: 1, event: 'out', characters: `{"op":"auth","key":"${KEY}"}`.length },
      { socket: 1, event: 'in', characters: expect.any(Number) },
    ]);
    expect(frames.slice(2).map((frame) => `${frame.event} ${frame.text}`)).toEqual(traced.slice(2));
    expect(world.lines.join('\n')).not.toContain(KEY);
  });

  it('shows only sizes of a client that is not attached [RP4]', async () => {
    const server = await serve();
    const lines: string[] = [];
    const recorder = new Recorder({ sink: (line) => lines.push(line) });
    const client = new WebSocketClient({ url: server.url }, new GenericJsonHandler(), recorder.runtime);
    atEnd(() => client.close());
    await client.connect();
    expect(await client.request({ op: 'order', note: 'not to be seen' })).toBeDefined();
    await client.close();
    const frames = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'in' || event === 'out');
    expect(frames).toHaveLength(2);
    for (const frame of frames) expect(Object.keys(frame)).toEqual(['time', 'socket', 'event', 'characters']);
    expect(lines.join('\n')).not.toContain('not to be seen');
  });

  it.each<['public' | 'all' | 'none' | undefined, object, object]>([
    [undefined, { base64: '/wAB' }, { bytes: 3 }],
    ['public', { base64: '/wAB' }, { bytes: 3 }],
    ['all', { base64: '/wAB' }, { base64: '/wAB' }],
    ['none', { bytes: 3 }, { bytes: 3 }],
  ])('writes bytes as binary: %s says [RP5]', async (binary, inbound, outbound) => {
    const server = await serve();
    server.onBinary((connection) => connection.send(new Uint8Array([255, 0, 1])));
    const world = recorded(server.url, { recorder: binary ? { binary } : {} });
    await world.client.connect();
    const arrived = clientEvent(world.client, 'message');
    await world.client.send(new Uint8Array([255, 0, 1]));
    await arrived;
    await world.client.close();
    expect(world.events.filter(({ event }) => event === 'in' || event === 'out')).toEqual([
      { socket: 1, event: 'out', ...outbound },
      { socket: 1, event: 'in', ...inbound },
    ]);
  });

  it('hides the bytes of an account, and masks bytes that are text [RP5]', async () => {
    const bytes = (value: string) => new TextEncoder().encode(value);
    class Handler extends LoginHandler {
      override buildAuthMessage() {
        return bytes(`{"op":"auth","key":"${KEY}"}`) as never;
      }
    }
    const server = await serve({ exchange: false });
    server.onBinary((connection) => connection.send({ op: 'auth', success: true }));
    const world = recorded(server.url, { handler: new Handler() });
    await world.client.connect();
    const seen = new Promise<void>((resolve) => {
      let count = 0;
      world.client.on('message', () => ++count === 2 && resolve());
    });
    server.broadcast(new Uint8Array([255, 0, 1]));
    server.broadcast(bytes(`\ufeff{"apiKey":"${KEY}","price":1}`));
    await seen;
    await world.client.close();
    const frames = world.events.filter(({ event }) => event === 'in' || event === 'out');
    expect(frames.slice(0, 2)).toEqual([
      { socket: 1, event: 'out', bytes: expect.any(Number) },
      { socket: 1, event: 'in', characters: expect.any(Number) },
    ]);
    expect(frames[2]).toEqual({ socket: 1, event: 'in', bytes: 3 });
    // Nothing but the key has changed, not even the mark of the byte order.
    expect(atob(String(frames[3]?.base64))).toBe('\xef\xbb\xbf{"apiKey":"***","price":1}');
    const all = world.lines.join('\n');
    expect(all).not.toContain(KEY);
    expect(all).not.toContain(btoa(KEY).slice(4, 16));
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('the disk is full');
      },
      true,
    ],
    ['rejects', (() => Promise.reject(new Error('the disk is full'))) as () => void, false],
  ])('is not harmed by a sink that %s [RP6]', async (_, sink, isLost) => {
    const server = await serve();
    const world = recorded(server.url, { recorder: { sink } });
    await world.client.connect();
    await barrier(world.client);
    await world.client.close();
    expect(world.recorder.lost > 0).toBe(isLost);
    expect(world.recorder.lines > 0).toBe(!isLost);
  });

  it('stops, and the client goes on [RP6]', async () => {
    const server = await serve();
    const world = recorded(server.url);
    await world.client.connect();
    world.recorder.stop();
    world.recorder.stop();
    const { length } = world.lines;
    await barrier(world.client);
    await world.client.close();
    expect(world.lines).toHaveLength(length);
  });

  it('keeps the order of lines while a frame is being decoded [RP2]', async () => {
    const ended = deferred();
    class Handler extends GenericJsonHandler {
      override async decodeBinary(): Promise<string> {
        await ended.promise;
        return '{"decoded":true}';
      }
    }
    const server = await serve();
    const runtime: Partial<Runtime> = {
      openSocket: (request, events) =>
        nodeRuntime.openSocket(request, {
          ...events,
          onClose: (close) => {
            events.onClose(close);
            ended.resolve();
          },
        }),
    };
    const world = recorded(server.url, { handler: new Handler(), recorder: { runtime } });
    await world.client.connect();
    server.broadcast(new Uint8Array([255]));
    server.broadcast({ n: 1 });
    server.closeAll(4_000, 'over');
    await clientEvent(world.client, 'reconnected');
    await world.client.close();
    const names = world.events
      .filter(({ socket }) => socket === 1)
      .map(({ event, base64, text }) => [event, base64 ?? text]);
    expect(names.slice(-3)).toEqual([
      ['in', '/w=='],
      ['in', '{"n":1}'],
      ['close', undefined],
    ]);
  });

  it('writes a frame that the client never looked at with its size, before what came later [RP2, RP3]', async () => {
    class Handler extends GenericJsonHandler {
      override decodeBinary(): Promise<string> {
        return new Promise(() => {});
      }
    }
    const server = await serve();
    const world = recorded(server.url, { handler: new Handler() });
    await world.client.connect();
    server.broadcast(new Uint8Array([255, 0, 1]));
    server.broadcast('behind it');
    server.closeAll(4_000, 'over');
    await clientEvent(world.client, 'reconnected');
    world.recorder.stop();
    expect(world.events.slice(2, 7)).toEqual([
      { socket: 1, event: 'in', base64: '/wAB' },
      { socket: 1, event: 'in', characters: 9 },
      { socket: 1, event: 'close', code: 4_000, reason: 'over', wasClean: true },
      { socket: 2, event: 'connecting', url: `${server.url}/` },
      { socket: 2, event: 'open' },
    ]);
  });

  it('writes no line for a frame that the socket did not take [RP2]', async () => {
    const server = await serve();
    let refused = 1;
    const runtime: Partial<Runtime> = {
      openSocket: (request, events) => {
        const socket = nodeRuntime.openSocket(request, events);
        const send = socket.send.bind(socket);
        socket.send = (data) => {
          if (String(data).includes('refused') && refused-- > 0) throw new Error('the socket takes nothing');
          send(data);
        };
        return socket;
      },
    };
    const world = recorded(server.url, { recorder: { runtime } });
    await world.client.connect();
    const back = clientEvent(world.client, 'reconnected');
    const sent = world.client.send('{"note":"refused"}');
    await back;
    // On the next socket the client sends it again.
    await sent;
    await world.client.close();
    const frames = world.events.filter(({ event }) => event === 'out');
    expect(frames).toEqual([{ socket: 2, event: 'out', text: '{"note":"refused"}' }]);
    expect(world.events.at(-1)).toMatchObject({ socket: 2, event: 'close' });
  });

  it('refuses wrong options and a second client with a ConfigError [RP13]', () => {
    const sink = () => {};
    const wrong: [string, () => unknown][] = [
      ['options', () => new Recorder(null as never)],
      ['sink', () => new Recorder({} as never)],
      ['sink', () => new Recorder({ sink: 1 as never })],
      ['sinks', () => new Recorder({ sink, sinks: 1 } as never)],
      ['handler', () => new Recorder({ sink, handler: {} as never })],
      ['runtime', () => new Recorder({ sink, runtime: 1 as never })],
      ['runtime.clock', () => new Recorder({ sink, runtime: { clock: {} as never } })],
      ['binary', () => new Recorder({ sink, binary: 'some' as never })],
      ['client', () => new Recorder({ sink }).attach({} as never)],
    ];
    for (const [field, act] of wrong) expect(act).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
    const { client, recorder } = recorded('ws://127.0.0.1:9');
    expect(() => recorder.attach(client)).toThrow(expect.objectContaining<Partial<ConfigError>>({ field: 'client' }));
  });
});
