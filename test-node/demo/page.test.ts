import { once } from 'node:events';
import { createServer, type RequestOptions, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './demo-process.js';

/** Bundling the demo and its page, and starting a process, take a while on a busy machine. */
const PATIENCE = 60_000;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the dashboard of the demo', { timeout: PATIENCE }, () => {
  it('is served beside the bot, without a build of the package [DM7]', async () => {
    const demo = start('--for', '20s');
    const url = await demo.pageUrl();
    await demo.says('session 1 is ready');
    const page = await (await fetch(url)).text();
    expect(page).toContain('<title>Demo exchange');
    const [script] = /\/assets\/[^"]+\.js/.exec(page) ?? [];
    const code = await (await fetch(`${url}${script}`)).text();
    // The worker is a file of its own, and the only one with the client.
    const [worker] = /\/assets\/feed\.worker[^"'`]+\.js/.exec(code) ?? [];
    expect(await (await fetch(`${url}${worker}`)).text()).toContain('reconnectInitialDelay');
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.errors).toBe('');
    expect(demo.output).toContain('Summary of ');
  });

  it('is served alone until Ctrl-C, also without a terminal [DM7]', async () => {
    const demo = start('--page-only');
    const url = await demo.pageUrl();
    expect((await fetch(url)).status).toBe(200);
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.output).toBe(`dashboard at ${url}\n`);
    expect(demo.errors).toBe('');
  });

  it('is left out with --no-page [DM7]', async () => {
    const demo = start('--no-page');
    await demo.says('is ready');
    demo.interrupt();
    expect(await demo.exitCode).toBe(0);
    expect(demo.output).not.toContain('http:');
  });

  it('takes the port that is asked for, and says so if the port is taken [DM7]', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanups.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    const refused = start('--page-only', '--port', `${port}`);
    expect(await refused.exitCode).toBe(1);
    expect(refused.output).toBe(`Port ${port} is taken. Choose another with --port, or leave it out.\n`);
    other.close();
    await once(other, 'close');
    const demo = start('--page-only', '--port', `${port}`);
    expect(await demo.pageUrl()).toBe(`http://127.0.0.1:${port}`);
  });

  it('breaks the exchange for its own page alone: pages of other sites get nothing [DM8]', async () => {
    const url = await start('--page-only').pageUrl();
    const faults = `${url}/faults/drop-order`;
    const own = new URL(url).host;
    expect(await statusOf(faults, 'POST', { host: own, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(faults, 'POST', { host: own })).toBe(403);
    expect(await statusOf(faults, 'POST', { host: 'evil.example', origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf(url, 'GET', { host: 'evil.example' })).toBe(403);
    expect(await statusOf(faults, 'POST', { host: own, origin: url })).toBe(200);
    expect(await (await fetch(`${url}/faults`)).json()).toMatchObject([{ name: 'drop-order' }]);
    expect(await statusOf(faults, 'DELETE', { host: own })).toBe(403);
    expect(await statusOf(faults, 'DELETE', { host: own, origin: url })).toBe(200);
    expect(await (await fetch(`${url}/faults`)).json()).toEqual([]);
    expect(await statusOf(`${url}/faults/nothing`, 'POST', { host: own, origin: url })).toBe(404);
    expect(await statusOf(`${faults}?for=-1`, 'POST', { host: own, origin: url })).toBe(400);
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const key = { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
    const foreign = { ...upgrade, ...key, host: own, origin: 'https://evil.example' };
    expect(await statusOf(`${url}/feed`, 'GET', foreign)).toBe(403);
    expect(await statusOf(`${url}/feed`, 'GET', { ...foreign, origin: url })).toBe(101);
  });

  it.each([
    [['--page-only', '--no-page'], 'leave nothing to run'],
    [['--built', '--no-page'], '--built needs the dashboard'],
    [['--page-only', '--url', 'ws://127.0.0.1:1'], 'leave out --url'],
    [['--port', '70000'], '--port is "70000"; a number from 0 to 65535 is needed'],
    [['--rate', 'fast'], '--rate is "fast"; a number from 1 to 50000 is needed'],
  ])('refuses %s', async (args, message) => {
    const demo = start(...args);
    expect(await demo.exitCode).toBe(2);
    expect(demo.errors).toContain(message);
  });
});

function start(...args: string[]): Demo {
  const demo = startDemo(...args);
  cleanups.push(() => demo.kill());
  return demo;
}

/** The HTTP status of a request with headers that `fetch` would not send. */
async function statusOf(url: string, method: string, headers: RequestOptions['headers']): Promise<number | undefined> {
  const sent = request(url, { method, headers }).end();
  const [answer, socket] = await Promise.race([once(sent, 'response'), once(sent, 'upgrade')]);
  answer.resume();
  socket?.destroy();
  return answer.statusCode;
}
