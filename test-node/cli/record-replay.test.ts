import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { atEnd, clientEvent, collect, connectClient, createClient, outcomeOf, serve } from '../support/live.js';
import { buildProgram, folder, Program, removeProgram, runProgram } from './program.js';

beforeAll(buildProgram);
afterAll(removeProgram);

const HEADER = '{"recording":"hpx-transport-ws","version":1,"startedAt":1767225600000}';

/** A handshake of a client that may do anything afterwards. */
const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

function fileOf(name: string, events: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, [HEADER, ...events.map((event) => JSON.stringify(event))].join('\n'));
  return file;
}

/** Serves a recording, and returns where. */
async function serveFile(file: string, ...options: readonly string[]) {
  const program = new Program('replay', file, '--serve', '0', ...options);
  await program.says('is served at ws://127.0.0.1:');
  return { program, url: /ws:\/\/127\.0\.0\.1:\d+/.exec(program.out)?.[0] ?? '' };
}

/** A client of bare TCP that has asked for a WebSocket. */
function rawClient(url: string): Socket {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  atEnd(() => socket.destroy());
  socket.on('error', () => {});
  socket.write(UPGRADE);
  return socket;
}

describe('record and replay', () => {
  it('records to a file, and serves it to a client that sees the same [RC1, RC4]', async () => {
    const server = await serve();
    const file = join(folder, 'feed.ndjson');
    const subscribe = '{"op":"subscribe","req_id":"cli-1","args":["trades.BTC"]}';
    const recording = new Program('record', server.url, '--out', file, '--send', subscribe);
    await server.waitFor('the subscription', () => server.subscriptions.has('trades.BTC'));
    server.publish('trades.BTC', { price: 1 });
    server.publish('trades.BTC', { price: 2 });
    server.closeAll(1_001, 'recorded end');
    await recording.says('connection 2 is ready');
    recording.interrupt();
    expect(await recording.exitCode).toBe(0);
    expect(recording.out).toBe('');
    expect(recording.err).toContain(`lines written to ${file}`);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBeGreaterThan(8);

    const replaying = new Program('replay', file, '--serve', '0', '--speed', 'max');
    await replaying.says('is served at ws://127.0.0.1:');
    const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(replaying.out)?.[0] ?? '';
    const client = await connectClient({ url }, { handler: new GenericJsonHandler() });
    const lost = clientEvent(client, 'disconnected');
    const trades = await client.subscribe('trades.BTC');
    expect(await collect(trades).until(2)).toEqual([{ price: 1 }, { price: 2 }]);
    expect((await lost)[0]).toMatchObject({ code: 1_001, reason: 'recorded end' });
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(0);
    expect(replaying.err).toBe('');
  });

  it('records to the output, with all else on the error output [RC3]', async () => {
    const server = await serve({ exchange: false });
    const recording = new Program('record', server.url);
    await recording.says('is ready');
    server.broadcast('{"n":1}');
    await recording.says('{\\"n\\":1}');
    recording.interrupt();
    expect(await recording.exitCode).toBe(0);
    expect(recording.objects[0]).toMatchObject({ recording: 'hpx-transport-ws', version: 1 });
    expect(recording.objects.at(-1)).toMatchObject({ event: 'close' });
    expect(recording.err).toContain('1 frame in');
  });

  it.runIf(existsSync('/dev/full'))('ends with 1 when the disk is full, and says so [RC5]', async () => {
    const server = await serve({ exchange: false });
    const { code, out, err } = await runProgram('record', server.url, '--out', '/dev/full');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('/dev/full cannot be written: ENOSPC');
    expect(err).not.toContain('    at ');
  });

  it('plays a recording to the output [RC4]', async () => {
    const file = fileOf('plain.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'out', text: '{"op":"never waited for"}' },
      { time: 3, socket: 1, event: 'in', text: '{"n":1}' },
      { time: 3, socket: 1, event: 'in', characters: 9 },
      { time: 4, socket: 1, event: 'close', code: 4_001, reason: 'over', wasClean: true },
      { time: 5, socket: 2, event: 'connecting', url: 'ws://x/' },
      { time: 6, socket: 2, event: 'open' },
      { time: 1_500, socket: 2, event: 'in', base64: '/wAB' },
    ]);
    const { code, out, err } = await runProgram('replay', file, '--speed', '100');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.replace(/^[\d:.]{12} /, ''))).toEqual([
      'ready   the connection is open',
      '< {"n":1}',
      'lost    close code 4001: over',
      'ready   the connection is open',
      '< <3 bytes>',
      'lost    close code 1000: the recording has ended',
      '2 frames of 1.5 s played, 1 frame without content left out',
      '',
    ]);
  });

  it('plays frames that nobody sends without a wait [RC4]', async () => {
    const sent = Array.from({ length: 200 }, (_, n) => ({
      time: 1,
      socket: 1,
      event: 'out',
      text: `{"op":"o","n":${n}}`,
    }));
    const file = fileOf('asked-often.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      ...sent,
      { time: 2, socket: 1, event: 'in', text: '{"n":1}' },
    ]);
    // Each wait would take a second, and the test does not last so long.
    const { code, out } = await runProgram('replay', file);
    expect(code).toBe(0);
    expect(out).toContain('1 frame of 0.0 s played');
  });

  it('names the line of a broken recording, and ends with 1 [RC4]', async () => {
    const file = join(folder, 'broken.ndjson');
    writeFileSync(file, `${HEADER}\n{"time":1,"socket":1,"event":"connecting","url":"ws://x/"}\nsecret`);
    const { code, out } = await runProgram('replay', file);
    expect(code).toBe(1);
    expect(out).toContain('Line 3 of the recording is not JSON');
    expect(out).not.toContain('secret');
  });

  it.each<[string, string, string]>([
    ['has another header', '{"a":1}', 'Line 1 of the recording is not the header of a recording'],
    ['is empty', '', 'The recording is empty: it has no header.'],
    ['is not text', '\n\u0000\u0001'.repeat(9_000), 'Line 2 of the recording is not JSON.'],
    ['has another version', HEADER.replace('1', '2'), 'The recording has version 2. This package reads version 1.'],
  ])('refuses a file that %s before it serves or plays [RC4, RC5]', async (name, content, why) => {
    const file = join(folder, `${name}.ndjson`);
    writeFileSync(file, content);
    for (const option of [['--serve', '0'], []]) {
      const { code, out, err } = await runProgram('replay', file, ...option);
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`${file} cannot be played. ${why}`);
    }
  });

  it('serves a recording up to a broken line, to each client, and ends with 1 [RC4, RC5]', async () => {
    const file = fileOf('broken-later.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'in', text: '{"n":1}' },
      { secret: true },
    ]);
    const replaying = new Program('replay', file, '--serve', '0', '--speed', 'max');
    await replaying.says('is served at ws://127.0.0.1:');
    const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(replaying.out)?.[0] ?? '';
    for (let round = 0; round < 3; round++) {
      const client = new WebSocketClient({ url, reconnectMaxAttempts: 0 }, new GenericJsonHandler());
      atEnd(() => client.close());
      const message = clientEvent(client, 'message');
      const lost = clientEvent(client, 'disconnected');
      await client.connect();
      expect((await message)[0].text).toBe('{"n":1}');
      expect((await lost)[0].code).toBe(1_006);
    }
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(1);
    expect(replaying.out.match(/error {3}Line 5 of the recording is not an event/g)).toHaveLength(3);
    expect(replaying.out).toContain('3 connections served');
    expect(replaying.out).not.toContain('secret');
  });

  it('serves the whole recording to each client, one after the other [RC4]', async () => {
    const file = fileOf('whole.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'in', text: '{"n":1}' },
    ]);
    const replaying = new Program('replay', file, '--serve', '0', '--speed', 'max');
    await replaying.says('is served at ws://127.0.0.1:');
    const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(replaying.out)?.[0] ?? '';
    for (let round = 0; round < 3; round++) {
      const client = new WebSocketClient({ url, reconnectMaxAttempts: 0 }, new GenericJsonHandler());
      atEnd(() => client.close());
      const lost = clientEvent(client, 'disconnected');
      await client.connect();
      expect((await lost)[0]).toMatchObject({ code: 1_000, reason: 'the recording has ended' });
    }
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(0);
    expect(replaying.out).toContain('3 connections served');
  });

  it('serves refused attempts, and starts anew for each client [RC4]', async () => {
    const file = fileOf('refused.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'error', message: 'Unexpected server response: 429', status: 429 },
      { time: 1, socket: 1, event: 'close', code: 1_006, reason: '', wasClean: false },
      { time: 2, socket: 2, event: 'connecting', url: 'ws://x/' },
      { time: 3, socket: 2, event: 'open' },
      { time: 4, socket: 2, event: 'in', text: '{"n":1}' },
      { time: 60_000, socket: 2, event: 'in', text: '{"n":2}' },
    ]);
    const replaying = new Program('replay', file, '--serve', '0');
    await replaying.says('is served at ws://127.0.0.1:');
    const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(replaying.out)?.[0] ?? '';
    const config = { url, reconnectMaxAttempts: 0 };
    for (let round = 0; round < 2; round++) {
      const refused = await outcomeOf(WebSocketClient.connect(config, new GenericJsonHandler()));
      expect(refused).toMatchObject({ error: { message: expect.stringContaining('429') } });
      const client = new WebSocketClient(config, new GenericJsonHandler());
      atEnd(() => client.close());
      const message = clientEvent(client, 'message');
      await client.connect();
      expect((await message)[0].text).toBe('{"n":1}');
      await client.close();
    }
    const taken = await runProgram('replay', file, '--serve', new URL(url).port);
    expect(taken.code).toBe(2);
    expect(taken.err).toContain('The server cannot start: listen EADDRINUSE');
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(0);
    expect(replaying.out).toContain('2 connections served');
  });

  it('serves a recording that was played to its end from its beginning [RC4]', async () => {
    const file = fileOf('twice.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'in', text: '{"n":1}' },
      { time: 3, socket: 1, event: 'close', code: 1_005, reason: '', wasClean: true },
      { time: 4, socket: 2, event: 'connecting', url: 'ws://x/' },
      { time: 5, socket: 2, event: 'open' },
      { time: 6, socket: 2, event: 'in', base64: '/wAB' },
      { time: 7, socket: 2, event: 'ping', direction: 'in' },
    ]);
    const { program: replaying, url } = await serveFile(file, '--speed', 'max', '--json');
    const ends: unknown[] = [];
    for (let round = 0; round < 4; round++) {
      const client = createClient({ url }, { config: { reconnectMaxAttempts: 0 } });
      const message = clientEvent(client, 'message');
      const lost = clientEvent(client, 'disconnected');
      await client.connect();
      const { raw } = (await message)[0];
      ends.push([typeof raw === 'string' ? raw : [...raw], (await lost)[0].code]);
    }
    const once = [
      ['{"n":1}', 1_005],
      [[255, 0, 1], 1_000],
    ];
    expect(ends).toEqual([...once, ...once]);
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(0);
    expect(replaying.objects.at(-1)).toMatchObject({ type: 'summary', connections: 4 });
  });

  it('serves no page, and says what a client sent [RC4]', async () => {
    const file = fileOf('asked.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'out', text: '{"op":"order","req_id":"recorded"}' },
      { time: 3, socket: 1, event: 'in', text: '{"req_id":"recorded","data":"placed"}' },
      { time: 60_000, socket: 1, event: 'in', text: '{"n":1}' },
    ]);
    const { program: replaying, url } = await serveFile(file);
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(426);
    const client = await connectClient({ url });
    await client.send(new Uint8Array([1, 2, 3]));
    expect(await client.request({ op: 'order' })).toBe('placed');
    await replaying.says('< <3 bytes>');
    await replaying.says('< {"op":"order"');
    await replaying.says('ready   connection 1 is open');
    replaying.interrupt();
    expect(await replaying.exitCode).toBe(0);
  });

  it('ends at Ctrl-C although a client waits for the recorded connection to open [RC4]', async () => {
    const file = fileOf('late.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 60_000, socket: 1, event: 'open' },
    ]);
    const { program, url } = await serveFile(file, '--speed', '0.001');
    rawClient(url);
    // The next client is answered behind the first one.
    expect((await fetch(url.replace('ws:', 'http:'))).status).toBe(426);
    program.interrupt();
    expect(await program.exitCode).toBe(0);
  });

  it('serves on, whatever a client does, and passes pings on [RC4]', async () => {
    const file = fileOf('hostile.ndjson', [
      { time: 0, socket: 1, event: 'connecting', url: 'ws://x/' },
      { time: 1, socket: 1, event: 'open' },
      { time: 2, socket: 1, event: 'ping', direction: 'in' },
      { time: 3, socket: 1, event: 'close', code: 3_000, reason: 'recorded', wasClean: true },
    ]);
    const { program, url } = await serveFile(file, '--speed', 'max');
    const broken = rawClient(url);
    await once(broken, 'data');
    broken.write(new Uint8Array([0xff, 0xff, 0xff, 0xff]));
    await once(broken, 'close');
    const gone = rawClient(url);
    gone.write('', () => gone.resetAndDestroy());
    // A client that has not seen the end of its connection sends a frame.
    const late = new WebSocket(url);
    atEnd(() => late.terminate());
    await once(late, 'open');
    late.pause();
    late.send('late');
    await program.says('< late');
    late.send('later');
    await program.says('< later');
    const last = new WebSocket(url);
    const [pinged, closed] = [once(last, 'ping'), once(last, 'close')];
    await pinged;
    expect((await closed).map(String)).toEqual(['3000', 'recorded']);
    program.interrupt();
    expect([await program.exitCode, program.err]).toEqual([0, '']);
  });

  it('listens on this machine only [RC4]', async () => {
    const { program, url } = await serveFile(fileOf('empty.ndjson', []));
    const other = connect({ port: Number(new URL(url).port), host: '127.0.0.2' });
    expect(await outcomeOf(once(other, 'connect'))).toHaveProperty('error');
    program.interrupt();
    expect(await program.exitCode).toBe(0);
  });

  it('refuses the clients of a broken recording, and says why [RC4, RC5]', async () => {
    const file = join(folder, 'broken-serve.ndjson');
    writeFileSync(file, `${HEADER}\nsecret`);
    const { program, url } = await serveFile(file);
    const refused = await outcomeOf(
      WebSocketClient.connect({ url, reconnectMaxAttempts: 0 }, new GenericJsonHandler()),
    );
    expect(refused).toMatchObject({ error: { message: expect.stringContaining('503') } });
    await program.says('error   Line 2 of the recording is not JSON');
    program.interrupt();
    expect(await program.exitCode).toBe(1);
    expect(program.out).not.toContain('secret');
  });
});
