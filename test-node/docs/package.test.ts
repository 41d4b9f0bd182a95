import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as root from 'hpx-transport-ws';
import { browserRuntime } from 'hpx-transport-ws/adapters/browser';
import { nodeRuntime } from 'hpx-transport-ws/adapters/node';
import * as helpers from 'hpx-transport-ws/handlers';
import * as orderBook from 'hpx-transport-ws/order-book';
import * as recording from 'hpx-transport-ws/recording';
import * as testing from 'hpx-transport-ws/testing';
import * as worker from 'hpx-transport-ws/worker';
import { describe, expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const ERRORS = [
  'ConnectionFailedError',
  'ConnectionClosedError',
  'AuthenticationFailedError',
  'RequestTimeoutError',
  'RequestRejectedError',
  'SubscriptionFailedError',
  'MaxReconnectAttemptsError',
  'ProtocolError',
  'CapacityExceededError',
  'MessageTooLargeError',
  'ConfigError',
];

describe('the package', () => {
  it('has the npm scripts that its users call [PK1, PK2, PK3]', () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts).toEqual(expect.arrayContaining(['build', 'test', 'demo', 'bench', 'simulate']));
  });

  it('exports what an application needs from its root [PK4]', () => {
    const exported: Readonly<Record<string, unknown>> = { ...root };
    const classes = [
      'WebSocketClient',
      'Channel',
      'ProtocolHandler',
      'GenericJsonHandler',
      'JsonRpcHandler',
      'WebSocketConfig',
    ];
    for (const name of [...classes, 'Message', 'fromExchangeHandler', 'TransportError', ...ERRORS]) {
      expect(exported[name], name).toBeTypeOf('function');
    }
  });

  it('exports the kinds of messages [PK17]', () => {
    expect(root.MessageKind).toEqual({
      Response: 'response',
      Update: 'update',
      System: 'system',
      Control: 'control',
      Unknown: 'unknown',
    });
  });

  it('exports each adapter separately [PK7]', () => {
    for (const runtime of [nodeRuntime, browserRuntime]) {
      expect(runtime).toMatchObject({ openSocket: expect.any(Function), random: expect.any(Function) });
      expect(runtime.clock.now()).toBeTypeOf('number');
    }
  });

  it('has a mock server in Node and nothing that needs Node in a browser [PK8]', async () => {
    const inBrowser = await import('../../src/testing/index.browser.js');
    expect(Object.keys(testing)).toContain('MockWebSocketServer');
    expect(Object.keys(inBrowser)).not.toContain('MockWebSocketServer');
    await expect(bundle('src/testing/index.browser.ts')).resolves.not.toContain('node:');
  });

  it('has a virtual clock and a simulated network on every platform [PK9]', async () => {
    const inBrowser = await import('../../src/testing/index.browser.js');
    for (const exported of [testing, inBrowser]) {
      expect(Object.keys(exported)).toEqual(expect.arrayContaining(['VirtualClock', 'SimulatedNetwork']));
    }
  });

  it('has the order book in an entry of its own [PK22]', () => {
    expect(Object.keys(orderBook)).toEqual(['OrderBook']);
  });

  it('has the worker in an entry of its own [PK24]', () => {
    expect(Object.keys(worker).sort()).toEqual(['connectWorker', 'serveClient']);
  });

  it('has the recorder and the player in an entry of its own [RP1]', () => {
    expect(Object.keys(recording).sort()).toEqual(['Player', 'Recorder']);
  });

  it('picks the adapter by export condition, with the browser as default [PK11]', () => {
    const { types, browser, node, default: otherwise } = manifest.exports['.'];
    expect(Object.keys(manifest.exports['.'])).toEqual(['types', 'browser', 'node', 'default']);
    const { production, ...full } = browser as { production?: object };
    expect(production).toBeDefined();
    expect(otherwise).toEqual(full);
    expect(node).not.toEqual(browser);
    expect(types).toBeDefined();
  });

  it('has no side effects [PK14]', () => {
    expect(manifest.sideEffects).toBe(false);
  });

  it('has four dependencies, and imports ws only in the Node adapter [PK16]', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['eventemitter3', 'isomorphic-ws', 'nanoid', 'ws']);
    const importers = sources('src').filter((file) => /from '(isomorphic-ws|ws)'/.test(readFileSync(file, 'utf8')));
    // The mock server and the command line are programs, and no part of the client.
    expect(importers.filter((file) => !/^src.(?:testing|cli)/.test(file))).toEqual([
      join('src', 'adapters', 'node.ts'),
    ]);
  });

  it('has helpers for handlers, of which a bundle holds only what it imports [HK10]', async () => {
    const texts = {
      codec: '{channel}',
      queryCodec: "'?'",
      hmac: 'HMAC',
      numericIds: 'numericIds',
      fullState: 'pending',
    };
    expect(Object.keys(helpers)).toEqual(expect.arrayContaining(Object.keys(texts)));
    const entry = await bundle('src/handlers/index.ts');
    for (const text of Object.values(texts)) expect(entry).toContain(text);
    const folder = mkdtempSync(join(tmpdir(), 'helpers-'));
    writeFileSync(join(folder, 'entry.mjs'), entry);
    for (const [name, own] of Object.entries(texts)) {
      writeFileSync(join(folder, `${name}.mjs`), `export { ${name} } from './entry.mjs';`);
      const code = await bundle(join(folder, `${name}.mjs`));
      const found = Object.values(texts).filter((text) => code.includes(text));
      expect(found, name).toEqual([own]);
    }
    rmSync(folder, { recursive: true });
  });

  it('keeps the names of errors when minified [ER8]', async () => {
    const code = await bundle('src/errors.ts');
    const minified = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(minified.ProtocolError.toString()).not.toContain('ProtocolError extends');
    expect(new minified.ProtocolError('what it says').name).toBe('ProtocolError');
    for (const name of ERRORS) expect(minified[name].prototype.name).toBe(name);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}
