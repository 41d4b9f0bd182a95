import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBybitServer } from '../../demo/venues/bybit-server.js';
import { reserveDeadUrl } from '../contract/dead-url.js';
import { atEnd, serve } from '../support/live.js';
import { buildProgram, Program, removeProgram } from './program.js';

beforeAll(buildProgram);
afterAll(removeProgram);

const KEY = 'kx7-invented-key-01';

describe('tap', () => {
  it('shows frames, a drop and the recovery, and ends at Ctrl-C with a summary [RC1, RC5]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', `${server.url}/feed?token=${KEY}`, '--send', '{"op":"hello"}');
    await server.waitFor('the frame', () => server.received.length === 1);
    server.broadcast('plain text');
    server.broadcast('{"price":1,"apiKey":"kx7-invented-key-02"}');
    server.broadcast(new Uint8Array([255, 0, 1]));
    server.broadcast('{"rubbish');
    server.broadcast('\u001b[2J');
    await tap.says('\\x1b[2J');
    server.closeAll(4_001, 'policy: \u001b[2J');
    await tap.says('connection 2 is ready');
    await server.waitFor('the frame again', () => server.received.length === 2);
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    expect(tap.err).toBe('');
    const lines = tap.out.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, ''));
    expect(lines.slice(0, 8)).toEqual([
      `connect connecting to ${server.url}/feed`,
      'ready   connection 1 is ready',
      '> {"op":"hello"}',
      '< plain text',
      '< {"price":1,"apiKey":"***"}',
      '< <3 bytes>',
      '< {"rubbish',
      '< \\x1b[2J',
    ]);
    expect(lines[8]).toBe('lost    close code 4001: policy: \\x1b[2J');
    expect(lines[9]).toMatch(/^wait {4}attempt 1 in \d+ ms$/);
    expect(tap.out).toMatch(/\d+\.\d s, 5 frames in, 2 out, 1 reconnect, 0 gaps\n$/);
    expect(tap.out).not.toContain('kx7-invented-key');
    expect(tap.out).not.toContain('\u001b');
    for (const line of tap.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('subscribes to topics of a venue and shows gaps, as JSON for programs [RC1, RC2, RC3]', async () => {
    const venue = await startBybitServer({ tickInterval: 20 });
    atEnd(() => venue.close());
    const args = ['--venue', 'bybit', '--topic', 'tickers.BTCUSDT', '--topic', 'nonsense.topic', '--json'];
    const tap = new Program('tap', venue.urls.linear, ...args);
    await tap.says('"type":"topic"');
    await tap.says('"type":"error"');
    venue.server.dropAll();
    await tap.says('"type":"gap"');
    await tap.says('"type":"stats"');
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    const types = tap.objects.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['connect', 'ready', 'frame', 'lost', 'wait', 'stats', 'gap']));
    expect(types.at(-1)).toBe('summary');
    for (const { time } of tap.objects) expect(time).toBeTypeOf('number');
    const frame = tap.objects.find(({ type, direction }) => type === 'frame' && direction === 'out');
    expect(frame?.text).toContain('tickers.BTCUSDT');
    expect(tap.objects.at(-1)).toMatchObject({ reconnects: 1, gaps: 1, state: 'ready' });
    expect(tap.err).toContain('1 reconnect, 1 gap');
  });

  it('prints a part of many frames, all of them, or none [RC3]', async () => {
    const server = await serve({ exchange: false });
    const shown: number[] = [];
    for (const option of [[], ['--frames'], ['--quiet']]) {
      const tap = new Program('tap', server.url, ...option);
      const started = server.connectionCount + 1;
      await server.waitForConnection(started);
      await tap.says('is ready');
      const long = 'x'.repeat(200);
      for (let n = 0; n < 60; n++) server.broadcast(`${n} ${long}`);
      server.closeAll(1_000, 'the end of these frames');
      await tap.says('the end of these frames');
      tap.interrupt();
      expect(await tap.exitCode).toBe(0);
      shown.push(tap.out.split('\n').filter((line) => line.includes(' < ')).length);
      const isCut = tap.out.split('\n').every((line) => line.length <= 80);
      expect(isCut).toBe(!option.includes('--frames'));
      expect(tap.out.includes('frames not shown; --frames prints all')).toBe(option.length === 0);
    }
    expect(shown[0]).toBeGreaterThanOrEqual(10);
    expect(shown[0]).toBeLessThan(60);
    expect(shown.slice(1)).toEqual([60, 0]);
  });

  it('sends headers, and shows them nowhere [RC2]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url, '--header', `Authorization: Bearer ${KEY}`);
    const connection = await server.waitForConnection(1);
    await tap.says('is ready');
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    expect(connection.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(tap.out + tap.err).not.toContain(KEY);
  });

  it('tells of a frame that it could not send, and ends with 1 [RC2, RC5]', async () => {
    const server = await serve({ exchange: false });
    const args = ['--venue', 'okx', '--send', 'fits', '--send', 'x'.repeat(70_000), '--quiet'];
    const tap = new Program('tap', server.url, ...args, '--no-reconnect');
    await tap.says('error   frame 2 of --send was not sent (unsent): The frame has 70000 bytes');
    await server.waitFor('the other frame', () => server.received.length === 1);
    server.closeAll(1_001, 'maintenance');
    expect(await tap.exitCode).toBe(1);
    expect(server.received.map(({ data }) => data)).toEqual(['fits']);
  });

  it('begins with the first frame again where a drop came before the last one [RC2]', async () => {
    const server = await serve({ exchange: false });
    // Binance takes 5 frames in a second.
    const frames = Array.from({ length: 9 }, (_, n) => `{"n":${n + 1}}`);
    const tap = new Program(
      'tap',
      server.url,
      '--venue',
      'binance',
      '--quiet',
      ...frames.flatMap((f) => ['--send', f]),
    );
    await server.waitFor('the first frames', () => server.received.length === 3);
    server.dropAll();
    await tap.says('frame 9 of --send was not sent (unsent)');
    await tap.says('connection 2 is ready');
    await server.waitFor('all frames', () => server.received.at(-1)?.data === frames.at(-1));
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    const again = server.received.filter(({ connection }) => connection.index === 1);
    expect(again.map(({ data }) => data)).toEqual(frames);
  });

  it('says once why attempts fail [RC1]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url, '--json');
    await tap.says('is ready');
    server.refuseUpgrades({ status: 503 });
    server.closeAll(1_001, 'maintenance');
    await tap.says('attempt 3 in');
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    const errors = tap.objects.filter(({ type }) => type === 'error');
    expect(errors).toEqual([expect.objectContaining({ text: expect.stringContaining('503') })]);
  });

  it('ends with the connection without reconnects [RC2]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url, '--no-reconnect');
    await tap.says('is ready');
    server.closeAll(1_001, 'maintenance');
    expect(await tap.exitCode).toBe(0);
    expect(tap.out).toContain('close code 1001: maintenance');
    expect(server.connectionCount).toBe(1);
  });

  it('ends with 1 if it never connected, and says why [RC5]', async () => {
    const server = await serve();
    server.refuseUpgrades({ status: 503 });
    const dead = await reserveDeadUrl();
    atEnd(dead.stop);
    for (const url of [`${server.url}/?token=${KEY}`, dead.url]) {
      const tap = new Program('tap', url);
      await tap.says('attempt 1 in');
      tap.interrupt();
      expect(await tap.exitCode).toBe(1);
      expect(tap.out).toMatch(/error {3}No connection to ws:\/\/127\.0\.0\.1:\d+\/\. .*(?:503|ECONNREFUSED)/);
      expect(tap.err).toBe('');
      expect(tap.out).not.toContain(KEY);
    }
  });

  it('ends at once at a second Ctrl-C, although the server does not answer [RC1]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url);
    await tap.says('is ready');
    server.connections[0]?.mute();
    tap.interrupt();
    const again = setInterval(() => tap.interrupt(), 20);
    // Not a code: the signal ended the process, with no summary.
    expect(await tap.exitCode).toBeNull();
    clearInterval(again);
    expect(tap.out).not.toContain('frames in');
  });

  it('ends quietly when the reader of its pipe has gone [RC5]', async () => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url);
    await tap.says('is ready');
    tap.closeOutput();
    const noise = setInterval(() => server.broadcast('more'), 5);
    expect(await tap.exitCode).toBe(0);
    clearInterval(noise);
    expect(tap.err).toBe('');
  });
});
