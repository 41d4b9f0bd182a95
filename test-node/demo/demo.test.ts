import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type VenueName, venues } from '../../demo/venues.js';
import { reserveDeadUrl } from '../contract/dead-url.js';
import { type Demo, startDemo } from './demo-process.js';

/** Bundling the demo and starting a process take a while on a busy machine. */
const PATIENCE = 30_000;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the demo', { timeout: PATIENCE }, () => {
  it('trades, reconnects after the drop, and ends with a summary [PK1, DM9]', async () => {
    const demo = start('--for', '3s');
    expect(await demo.exitCode).toBe(0);
    expect(demo.errors).toBe('');
    expect(demo.text).toMatch(/lost +1006: the connection broke without a close frame; attempt 1 in \d+ ms/);
    expect(demo.text).toMatch(/gap .* trades\.BTC-USD missed \d+ ms, fetched \d+ trades/);
    expect(demo.text).toMatch(/unknown .* may have been carried out/);
    expect(demo.text).toMatch(/order .* filled at \$\d{1,3}(,\d{3})*\.\d\d in/);
    expect(demo.text).toMatch(/the open order, .*, was filled at \$/);
    expect(demo.summary).toMatch(/^connection +2 sessions, 1 reconnect, \d+ attempts$/m);
    expect(demo.summary).toMatch(/^topics +5 of 5 updated, \d+ updates, 5 gaps/m);
    expect(demo.summary).toMatch(/^orders .* 0 not sent\n +1 with an open outcome, 1 of them cleared up$/m);
    const [placed, filled, refused] = /(\d+) placed, (\d+) filled, (\d+) refused/.exec(demo.summary)?.slice(1) ?? [];
    expect(Number(placed)).toBeGreaterThan(3);
    expect(Number(filled) + Number(refused) + 1).toBe(Number(placed));
  });

  it('prints plain text without a terminal', async () => {
    const demo = start('--no-page');
    await demo.says('is ready');
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.output).not.toContain('\x1b');
  });

  it('fits 80 columns, and says what the code of a close frame means [DM9]', async () => {
    const server = await startTradingServer();
    const demo = start('--url', server.url);
    await demo.says('session 1 is ready');
    server.closeAll(1012, 'back soon');
    await demo.says('session 2 is ready');
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.text).toMatch(/lost +1012: the server restarts \(back soon\); attempt 1 in/);
  });

  it('continues after invalid frames and a lost server, and ends cleanly at Ctrl-C', async () => {
    const server = await startTradingServer();
    const demo = start('--url', server.url);
    await demo.says('trades.BTC-USD');
    const rubbish = [
      '',
      '{',
      'null',
      '[]',
      '{"id":7}',
      '{"topic":"trades.BTC-USD","data":null}',
      new Uint8Array([0xff, 0]),
    ];
    for (const frame of rubbish) server.broadcast(frame);
    await demo.says(' error ');
    await server.stop();
    await demo.says('ECONNREFUSED');
    await server.restart();
    await demo.says('session 2 is ready');
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.errors).toBe('');
    expect(demo.summary).toContain('2 sessions, 1 reconnect');
    await server.waitForIdle();
  });

  it('reports that it never connected', async () => {
    const server = await MockWebSocketServer.start({ exchange: false });
    cleanups.push(() => server.close());
    server.respondTo('"auth"', { method: 'auth', error: { code: 'NO', message: 'not you' } });
    const demo = start('--url', server.url, '--for', '20s');
    expect(await demo.exitCode).toBe(1);
    expect(demo.errors).toBe('');
    expect(demo.output).toContain('not you');
  });

  it.each([
    ['--for 3', '--for is "3"; a time such as 500ms, 10s or 2m is needed'],
    ['--for 0s', '--for is "0s"'],
    ['--url http://127.0.0.1', '--url is "http://127.0.0.1"; a ws:// or wss:// URL is needed'],
    ['--bogus', '--bogus'],
    ['more', 'more'],
  ])('refuses %s', async (args, message) => {
    const demo = start(...args.split(' '));
    expect(await demo.exitCode).toBe(2);
    expect(demo.errors).toContain(message);
    expect(demo.errors).not.toContain('    at ');
    expect(demo.output).toBe('');
  });

  it.each(Object.keys(venues) as VenueName[])(
    'shows the data of %s from a server on this machine [PK23]',
    async (venue) => {
      const demo = start('--venue', venue, '--local', '--for', '2500ms');
      expect(await demo.exitCode).toBe(0);
      expect(demo.errors).toBe('');
      for (const topic of venues[venue].topics) expect(demo.output).toContain(` topic   ${topic}\n`);
      expect(demo.output).toMatch(/^[\d:.]{12} < [{[]/m);
      expect(demo.output).toMatch(/^2\.\d s, [1-9]\d* frames in, .* 0 gaps/m);
    },
  );

  it('shows the topics of a venue that are asked for, and tells which one is refused [PK23]', async () => {
    const demo = start(
      '--venue',
      'bybit',
      '--local',
      '--topic',
      'tickers.ETHUSDT',
      '--topic',
      'tickers.NOPE',
      '--for',
      '1s',
    );
    expect(await demo.exitCode).toBe(0);
    expect(demo.output).toContain(' topic   tickers.ETHUSDT\n');
    expect(demo.output).toMatch(/ error {3}.*tickers\.NOPE/);
  });

  it('says in one sentence that a venue cannot be reached [PK23]', async () => {
    const dead = await reserveDeadUrl();
    cleanups.push(dead.stop);
    const demo = start('--venue', 'bybit', '--url', dead.url);
    await demo.says('attempt 1 in');
    demo.interrupt();
    expect(await demo.exitCode).toBe(1);
    expect(demo.output).toMatch(/ error {3}No connection to ws:.*ECONNREFUSED/);
    expect(demo.output).toMatch(/^Without the internet, use --local: a scripted server\.$/m);
  });

  it.each([
    ['--venue', 'nope'],
    ['--local'],
    ['--topic', 'a'],
    ['--frames'],
    ['--venue', 'bybit', '--local', '--url', 'ws://127.0.0.1:1'],
  ])('refuses %s %s %s', async (...args: string[]) => {
    const demo = start(...args);
    expect(await demo.exitCode).toBe(2);
    expect(demo.errors).toContain('--help');
  });

  it('prints its help', async () => {
    const demo = start('--help');
    expect(await demo.exitCode).toBe(0);
    const options = [
      '--for',
      '--url',
      '--venue',
      '--topic',
      '--frames',
      '--local',
      '--page-only',
      '--no-page',
      '--port',
      '--rate',
    ];
    for (const option of [...options, '--help']) expect(demo.output).toContain(option);
  });
});

/** A server that accepts the login, the topics and the orders of the bot. */
async function startTradingServer(): Promise<MockWebSocketServer> {
  const server = await MockWebSocketServer.start({ exchange: false });
  cleanups.push(() => server.close());
  server.respondTo('"auth"', { method: 'auth', success: true });
  server.respondTo('"subscribe"', (text) => ({ id: JSON.parse(text).id, method: 'subscribe', success: true }));
  server.respondTo('"order.place"', (text) => ({ id: JSON.parse(text).id, data: null }));
  return server;
}

function start(...args: string[]): Demo {
  const demo = startDemo(...args);
  cleanups.push(() => demo.kill());
  cleanups.push(() => expect(demo.longLines).toEqual([]));
  return demo;
}
