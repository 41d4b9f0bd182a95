import fc from 'fast-check';
import { ConfigError, GenericJsonHandler, type Message, ProtocolError } from 'hpx-transport-ws';
import { connectWorker, serveClient } from 'hpx-transport-ws/worker';
import { expect, it } from 'vitest';
import { collect, createClient, outcomeOf, serve } from '../support/live.js';
import { ports, settled, startPair } from '../support/worker-pair.js';

const KINDS = [
  'hello',
  'call',
  'abort',
  'read',
  'want',
  'leave',
  'listen',
  'answer',
  'taken',
  'frame',
  'ping',
  '__proto__',
];
const METHODS = ['request', 'requestRaw', 'subscribe', 'subscribeMany', 'send', 'sendJson', 'reconnect', 'constructor'];
const anything = fc.oneof(
  fc.anything({ withDate: true, withMap: true, withBigInt: true }),
  fc.constantFrom(...KINDS, ...METHODS, -1, 0, 1, 2),
);
/** Numbers of calls that the page does not use itself: an answer to another call would be taken for its own. */
const isForeign = (said: readonly unknown[]) => said[0] !== 'call' || typeof said[1] !== 'number' || said[1] > 100_000;
const body = fc.oneof(
  fc.array(anything).filter(isForeign),
  fc.tuple(fc.constantFrom(...KINDS), anything, anything, anything).filter(isForeign),
  fc.tuple(fc.constant('call'), fc.integer({ min: 100_001 }), fc.constantFrom(...METHODS), fc.array(anything)),
);

it('whatever a page says, the worker lives and serves on [WK19]', async () => {
  const { page, port, server } = await startPair();
  const [, first] = port.received.find(([kind]) => kind === 'welcome') ?? [];
  expect(first).toBeDefined();
  const say = (message: unknown) => {
    try {
      port.postMessage(message);
    } catch {
      // What cannot be cloned cannot be said, either.
    }
  };
  const session = port.session;
  fc.assert(
    fc.property(body, anything, (said, other) => {
      say(said);
      say({ hpxTransport: '', session, body: said });
      say({ hpxTransport: '', session: other, body: said });
      say({ hpxTransport: other, session, body: said });
    }),
    { numRuns: 300 },
  );
  await settled({ page });
  const channel = await page.subscribe('trades');
  const { until } = collect(channel);
  await settled({ page });
  server.publish('trades', 1);
  expect(await until(1)).toEqual([1]);
});

it('whatever a worker says, the page ends with a typed error or goes on [WK19]', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(fc.tuple(fc.constantFrom('welcome', 'news', 'refused', 'pong', 'here'), anything, anything), body),
      ),
      fc.array(
        fc.array(fc.oneof(anything, fc.constantFrom('event', 'resolved', 'rejected', 'channel', 'over', 'trace'))),
      ),
      async (bodies, entries) => {
        const { port, scope } = ports();
        const page = connectWorker(port);
        const call = outcomeOf(page.request({ op: 'x' }));
        const say = (said: unknown) => {
          try {
            scope.postMessage({ hpxTransport: '', session: port.session, body: said });
          } catch {
            // What cannot be cloned cannot be said, either.
          }
        };
        for (const said of bodies) say(said);
        say(['news', entries, 'taken', undefined]);
        await page.close();
        await call;
        expect(page.state).toBe('closed');
        scope.close();
      },
    ),
    { numRuns: 100 },
  );
});

it('what cannot be cloned is refused at the call, unsent, and reactive proxies are read through [WK14]', async () => {
  const { page, inner } = await startPair();
  const { sent } = inner.stats();
  for (const call of [
    page.request({ op: 'x', callback: () => {} }),
    page.sendJson({ symbol: Symbol('s') }),
    page.subscribe('trades', { params: { map: () => 1 } }),
  ]) {
    const { error } = (await outcomeOf(call)) as { error: ProtocolError };
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.delivery).toBe('unsent');
  }
  expect(inner.stats().sent).toBe(sent);
  const reactive = new Proxy({ op: 'quote', levels: new Proxy([1, 2], {}) }, {});
  expect(await page.request(reactive)).toEqual({ op: 'quote', levels: [1, 2] });
});

it('an update that cannot cross is an error of its channel, and the next one comes [WK14]', async () => {
  class Odd extends GenericJsonHandler {
    override extractData(message: Message): unknown {
      const data = super.extractData(message);
      return data === 'odd' ? () => data : data;
    }
  }
  const { page, server } = await startPair({ handler: new Odd() as never });
  const channel = await page.subscribe('trades');
  const errors: unknown[] = [];
  channel.on('error', (error) => errors.push(error));
  const { items, until } = collect(channel);
  await settled({ page });
  for (const data of [1, 'odd', 2]) server.publish('trades', data);
  await until(2);
  expect(items).toEqual([1, 2]);
  expect(errors).toEqual([expect.any(ProtocolError)]);
  expect(channel.dropped).toBe(1);
});

it('wrong arguments are a ConfigError [WK26]', async () => {
  const server = await serve();
  const { port, scope } = ports();
  const client = createClient(server);
  for (const wrong of [
    () => connectWorker({} as never),
    () => connectWorker(undefined as never),
    () => connectWorker(port, { nmae: 'x' } as never),
    () => connectWorker(port, { workerTimeout: 0 }),
    () => connectWorker(port, { runtime: 5 } as never),
    () => connectWorker(port, { runtime: { clock: 5 } } as never),
    () => serveClient({ postMessage: 1 } as never, client),
    () => serveClient(scope, {} as never),
    () => serveClient(scope, client, { keys: { a: 1 } } as never),
    () => serveClient(scope, client, { name: 1 } as never),
    () => serveClient(scope, client, { runtime: { clock: 5 } } as never),
  ]) {
    expect(wrong).toThrow(ConfigError);
  }
});

it.each([null, 5])('connect(%j) rejects as without a worker [WK1]', async (options) => {
  const { page } = await startPair();
  expect(await outcomeOf(page.connect(options as never))).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
});
