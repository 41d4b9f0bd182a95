import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { venues } from '../../demo/venues.js';
import { reserveDeadUrl } from '../contract/dead-url.js';

/** Bundling the demo and starting a process take a while on a busy machine. */
const PATIENCE = 30_000;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the demo', { timeout: PATIENCE }, () => {
  it('trades, reconnects after the drop, and ends with a summary [PK1]', async () => {
    const demo = start('--for', '3s');
    expect(await demo.exitCode).toBe(0);
    expect(demo.errors).toBe('');
    expect(demo.output).toMatch(/lost .* lost with code 1006; attempt 1 in \d+ ms/);
    expect(demo.output).toMatch(/gap .* trades\.BTC-USD missed \d+ ms, fetched \d+ trades/);
    expect(demo.output).toMatch(/unknown .* may have been carried out/);
    expect(demo.output).toMatch(/the open order, .*, was filled at/);
    expect(demo.summary).toMatch(/^connection +2 sessions, 1 reconnect, \d+ attempts$/m);
    expect(demo.summary).toMatch(/^topics +5 of 5 updated, \d+ updates, 5 gaps/m);
    expect(demo.summary).toMatch(/^orders .* 0 not sent, 1 with an open outcome, 1 of them cleared up$/m);
    const [placed, filled, refused] = /(\d+) placed, (\d+) filled, (\d+) refused/.exec(demo.summary)?.slice(1) ?? [];
    expect(Number(placed)).toBeGreaterThan(3);
    expect(Number(filled) + Number(refused) + 1).toBe(Number(placed));
  });

  it('prints plain text without a terminal', async () => {
    const demo = start('--for', '500ms');
    expect(await demo.exitCode).toBe(0);
    expect(demo.output).not.toContain('\x1b');
  });

  it('continues after invalid frames and a lost server, and ends cleanly at Ctrl-C', async () => {
    const server = await MockWebSocketServer.start({ exchange: false });
    cleanups.push(() => server.close());
    server.respondTo('"auth"', { method: 'auth', success: true });
    server.respondTo('"subscribe"', (text) => ({ id: JSON.parse(text).id, method: 'subscribe', success: true }));
    server.respondTo('"order.place"', (text) => ({ id: JSON.parse(text).id, data: null }));
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

  it.each(Object.keys(venues))('shows the data of %s from a server on this machine [PK23]', async (venue) => {
    const demo = start('--venue', venue, '--local', '--for', '2500ms');
    expect(await demo.exitCode).toBe(0);
    expect(demo.errors).toBe('');
    for (const topic of venues[venue]?.topics ?? []) {
      expect(demo.output).toMatch(new RegExp(`^${topic.replaceAll('?', '.')} [{[]`, 'm'));
      expect(demo.output).toMatch(new RegExp(`^${topic.replaceAll('?', '.')}: [1-9]\\d* updates, 0 gaps$`, 'm'));
    }
  });

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
    expect(demo.output).toContain('\ntickers.ETHUSDT {');
    expect(demo.output).toMatch(/^refused .*tickers\.NOPE/m);
  });

  it('says in one line that a venue cannot be reached [PK23]', async () => {
    const dead = await reserveDeadUrl();
    cleanups.push(dead.stop);
    const demo = start('--venue', 'bybit', '--url', dead.url, '--for', '500ms');
    expect(await demo.exitCode).toBe(1);
    expect(demo.output.match(/^No connection to ws:.* Without the internet, use --local: .*$/gm)).toHaveLength(1);
  });

  it.each([
    ['--venue', 'nope'],
    ['--local'],
    ['--topic', 'a'],
    ['--venue', 'bybit', '--local', '--url', 'ws://127.0.0.1:1'],
  ])('refuses %s %s %s', async (...args: string[]) => {
    const demo = start(...args);
    expect(await demo.exitCode).toBe(2);
    expect(demo.errors).toContain('--help');
  });

  it('prints its help', async () => {
    const demo = start('--help');
    expect(await demo.exitCode).toBe(0);
    for (const option of ['--for', '--url', '--venue', '--topic', '--local', '--help'])
      expect(demo.output).toContain(option);
  });
});

/** The demo as a process of its own. */
class Demo {
  readonly exitCode: Promise<number | null>;
  output = '';
  errors = '';
  readonly #process: ChildProcess;
  #check: () => void = () => {};

  constructor(args: string[]) {
    const child = spawn(process.execPath, ['demo/run.mjs', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.#check();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.exitCode = once(child, 'close').then(([code]) => {
      this.#check();
      return code;
    });
  }

  get summary(): string {
    return this.output.slice(this.output.indexOf('Summary of '));
  }

  /** Resolves when the output holds this text. */
  says(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#check = () => {
        if (this.output.includes(text)) resolve();
        else if (this.#process.exitCode !== null) reject(new Error(`It ended: ${this.output}${this.errors}`));
      };
      this.#check();
    });
  }

  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

function start(...args: string[]): Demo {
  const demo = new Demo(args);
  cleanups.push(() => demo.kill());
  return demo;
}
