import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import { type TraceEntry, WebSocketConfig } from 'hpx-transport-ws';
import { openNodeSocket } from 'hpx-transport-ws/adapters/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type WebSocket from 'ws';
import { createClient, serve } from '../support/live.js';
import { probe } from '../support/probe.js';

const wsPackage = createRequire(createRequire(import.meta.url).resolve('ws'))('ws/package.json') as { version: string };
const { version } = wsPackage;

afterEach(() => {
  wsPackage.version = version;
  vi.resetModules();
});

/** What the trace says about the sockets of one connection, and whether messages arrive. */
async function notesOf(nodeOptions: object, serverOptions?: object): Promise<unknown[]> {
  // A class of ws is judged once in a process.
  vi.resetModules();
  const { nodeRuntime } = await import('hpx-transport-ws/adapters/node');
  const server = await serve(serverOptions);
  const client = createClient(server, { config: { nodeOptions }, runtime: nodeRuntime });
  const entries: TraceEntry[] = [];
  client.trace((entry) => entries.push(entry));
  await client.connect();
  server.respondTo('"op":"ask"', (text) => [{ req_id: JSON.parse(text).req_id, data: 'answer' }]);
  expect(await client.request({ op: 'ask' })).toBe('answer');
  return entries.flatMap((entry) =>
    entry.type === 'effect' && entry.effect === 'socketNote' ? [entry.detail?.note] : [],
  );
}

/** Options with which a test reaches the WebSocket of ws before the adapter. */
const touching = (touch: (ws: WebSocket & { _receiver: { [member: string]: unknown } }) => void): object => ({
  finishRequest: (request: { end(): void }, ws: never) => {
    (ws as WebSocket).once('open', () => touch(ws));
    request.end();
  },
});

describe('the Node adapter reads in bulk only what it knows', () => {
  it('the ws that is installed is known', async () => {
    expect(await notesOf({})).toEqual([]);
  });

  it('bulkRead: false lets ws read without a word [NA5]', async () => {
    expect(await notesOf({ bulkRead: false })).toEqual([]);
    wsPackage.version = '9.0.0';
    expect(await notesOf({ bulkRead: false })).toEqual([]);
  });

  it.each(['9.0.0', '8.24.0', '8.16.0', '7.5.10'])(
    'ws %s is not known: ws reads, and the trace says so [NA5]',
    async (other) => {
      wsPackage.version = other;
      expect(await notesOf({})).toEqual([expect.stringContaining(`version ${other} is not known`)]);
    },
  );

  it('deferred events and listeners of the application are left to ws [NA5]', async () => {
    expect(await notesOf({ allowSynchronousEvents: false })).toEqual([
      expect.stringContaining('allowSynchronousEvents'),
    ]);
    const listening = touching((ws) => ws.on('message', () => {}));
    expect(await notesOf(listening)).toEqual([expect.stringContaining('something else listens')]);
  });

  it('a listener that comes later gets its messages, too [NA5]', async () => {
    const seen: string[] = [];
    let ws: WebSocket | undefined;
    const options = touching((opened) => {
      ws = opened;
    });
    const server = await serve();
    server.respondTo('"op":"ask"', (text) => [{ req_id: JSON.parse(text).req_id, data: 'answer' }]);
    const client = createClient(server, { config: { nodeOptions: options } });
    await client.connect();
    ws?.on('message', (data) => seen.push(String(data)));
    expect(await client.request({ op: 'ask' })).toBe('answer');
    expect(seen).toEqual([expect.stringContaining('answer')]);
  });

  it('a WebSocket that is not that of ws, or behaves otherwise, is left alone [NA5]', async () => {
    const foreign = touching((ws) => {
      const { _receiver: value } = ws;
      Object.defineProperty(ws, '_receiver', { value: undefined, configurable: true, writable: true });
      queueMicrotask(() => Object.assign(ws, { _receiver: value }));
    });
    expect(await notesOf(foreign)).toEqual([expect.stringContaining('does not have the inner parts')]);
    const patched = touching(({ _receiver: receiver }) => {
      receiver._write = (Object.getPrototypeOf(receiver) as { _write: unknown })._write;
    });
    expect(await notesOf(patched)).toEqual([expect.stringContaining('does not behave as expected')]);
    class Late {
      readonly write = 0;
    }
    const strange = touching(({ _receiver: receiver }) =>
      Object.defineProperty(receiver, 'constructor', { value: Late }),
    );
    expect(await notesOf(strange)).toEqual([expect.stringContaining('does not behave as expected')]);
  });
});

describe('nodeOptions.bulkRead', () => {
  it('is true or false [NA6]', () => {
    const config = (bulkRead: unknown) => () => new WebSocketConfig({ url: 'ws://x', nodeOptions: { bulkRead } });
    for (const fine of [true, false, undefined]) expect(config(fine)).not.toThrow();
    for (const wrong of [null, 0, 'no']) {
      expect(config(wrong)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field: 'nodeOptions.bulkRead' }));
    }
  });

  it('is checked by the adapter, too, where a url function returns it [NA6]', () => {
    const open = () => probe(openNodeSocket, 'ws://127.0.0.1:1', { nodeOptions: { bulkRead: 1 } });
    expect(open).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field: 'nodeOptions.bulkRead' }));
  });

  it('does not reach ws [NA6]', async () => {
    let options: object | undefined;
    const nodeOptions = {
      bulkRead: false,
      createConnection: (given: object) => {
        options = given;
        return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(new Error('enough')) });
      },
    };
    await probe(openNodeSocket, 'ws://127.0.0.1:1', { nodeOptions }).closed;
    expect(options).not.toHaveProperty('bulkRead');
  });
});
