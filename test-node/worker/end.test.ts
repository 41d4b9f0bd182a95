import {
  ConnectionClosedError,
  ConnectionFailedError,
  isTransportError,
  type PartialSubscription,
  ProtocolError,
  type WebSocketClient,
} from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { connectWorker, serveClient } from 'hpx-transport-ws/worker';
import { describe, expect, it } from 'vitest';
import { channelEvent, clientEvent, createClient, outcomeOf, serve } from '../support/live.js';
import { joinPair, ports, settled, startPair } from '../support/worker-pair.js';

/** Without the options of a subscription, which differ. */
type Callable = Pick<WebSocketClient, 'connect' | 'authenticate' | 'resync' | 'unsubscribe' | 'request' | 'send'> & {
  subscribe(topic: string): Promise<unknown>;
  subscribeMany(topics: string[]): Promise<unknown>;
  subscribeMany(topics: string[], options: { readonly partial: true }): Promise<PartialSubscription<unknown>>;
};

/** What an application decides by. */
function factsOf(error: unknown): unknown {
  if (!isTransportError(error)) return error;
  const failures = error.code === 'SUBSCRIPTION_FAILED' ? [...error.failures.keys()] : [];
  return [error.name, error.code, error.delivery, error.retryable, failures];
}

describe('close()', () => {
  it('settles all that is open, and closes the client in the worker [WK12]', async () => {
    const { page, inner, server } = await startPair();
    server.respondTo('"op":"slow"', []);
    const channel = await page.subscribe('trades');
    const loop = channel[Symbol.asyncIterator]().next();
    const closed = channelEvent(channel, 'close');
    const call = page.request({ op: 'slow' });
    const result = outcomeOf(call);
    await server.waitForMessage('"op":"slow"');
    await page.close();
    expect(await result).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
    expect(await loop).toEqual({ done: true, value: undefined });
    expect((await closed)[0].code).toBe(1000);
    expect([page.state, inner.state, channel.closed]).toEqual(['closed', 'closed', true]);
    expect(await outcomeOf(page.request({ op: 'late' }))).toMatchObject({
      error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' },
    });
    await page.close();
  });

  it('before the worker has started settles the calls as unsent, and the client closes when it comes [WK12]', async () => {
    const server = await serve();
    const { port, scope } = ports();
    const page = connectWorker(port);
    const call = outcomeOf(page.request({ op: 'early' }));
    await page.close();
    expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' } });
    expect(await page.closed).toEqual({ code: 1000, reason: '' });
    const inner = createClient(server);
    serveClient(scope, inner);
    expect(await inner.closed).toMatchObject({ code: 1000 });
  });

  it('is followed by what calls bring after it without a worker [WK6, WK12]', async () => {
    const { page } = await startPair();
    const direct = createClient(await serve());
    await Promise.all([page.close(), direct.close()]);
    const lateCalls = async (client: Callable) => {
      const many = await client.subscribeMany(['a', 'b'], { partial: true });
      const calls = {
        connect: client.connect(),
        authenticate: client.authenticate(),
        subscribe: client.subscribe('a'),
        subscribeMany: client.subscribeMany(['a', 'b']),
        resync: client.resync('a'),
        unsubscribe: client.unsubscribe('a'),
        request: client.request({ op: 'late' }),
        send: client.send('late'),
      };
      const ends = await Promise.all(Object.values(calls).map(outcomeOf));
      const names = Object.keys(calls);
      return {
        partial: [many.channels, [...many.errors].map(([topic, error]) => [topic, factsOf(error)])],
        ends: ends.map((end, n) => [names[n], 'error' in end ? factsOf(end.error) : 'done']),
      };
    };
    expect(await lateCalls(page)).toEqual(await lateCalls(direct));
  });

  it('ends although the worker does not answer [WK12, WK13]', async () => {
    const clock = new VirtualClock();
    const { page, port } = await startPair({ connecting: { runtime: { clock } } });
    port.block();
    const closing = page.close({ deadline: 100 });
    await clock.advance(1_100);
    await closing;
    expect(page.state).toBe('closed');
    expect(await page.closed).toEqual({ code: 1000, reason: '' });
  });

  it('await using closes, and a served client that gives up is told [WK12]', async () => {
    const { page, inner } = await startPair();
    const closed = clientEvent(page, 'closed');
    await inner.close({ code: 3005, reason: 'by the worker' });
    expect((await closed)[0]).toEqual({ code: 3005, reason: 'by the worker' });
    await page[Symbol.asyncDispose]();
    expect(page.state).toBe('closed');
  });
});

describe('the end of a worker', () => {
  it('is a lost connection: calls are unknown, channels and closed tell a typed error [WK13]', async () => {
    const { page, scope, server } = await startPair();
    server.respondTo('"op":"slow"', []);
    const channel = await page.subscribe('trades');
    const loop = outcomeOf(channel[Symbol.asyncIterator]().next());
    const closes = channelEvent(channel, 'close');
    const states = clientEvent(page, 'stateChange');
    const call = page.request({ op: 'slow' });
    const result = outcomeOf(call);
    await server.waitForMessage('"op":"slow"');
    scope.close();
    expect(await result).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
    expect(call.delivery).toBe('unknown');
    expect((await closes)[0].error).toBeInstanceOf(ConnectionClosedError);
    expect(await loop).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
    expect((await states).slice(0, 2)).toEqual(['closed', 'ready']);
    expect((await page.closed).error).toBeInstanceOf(ConnectionClosedError);
    expect(await outcomeOf(page.request({ op: 'more' }))).toMatchObject({ error: { delivery: 'unsent' } });
    expect(await outcomeOf(page.subscribe('more'))).toMatchObject({ error: { delivery: 'unsent' } });
  });

  it('that tells nothing is noticed by its silence while something is expected [WK13]', async () => {
    const clock = new VirtualClock();
    const { page, port, server } = await startPair({ connecting: { runtime: { clock }, workerTimeout: 9_000 } });
    await clock.advance(60_000);
    expect(page.state).toBe('ready');
    server.respondTo('"op":"slow"', []);
    const call = outcomeOf(page.request({ op: 'slow' }));
    for (let n = 0; n < 10; n++) {
      await clock.advance(3_000);
      await settled({ page });
    }
    expect(page.state).toBe('ready');
    port.block();
    await clock.advance(15_000);
    expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
    expect(page.lastError?.message).toContain('workerTimeout');
  });

  it('is not seen in the sleep of the page itself [WK13]', async () => {
    const clock = new VirtualClock();
    const { page, server } = await startPair({ connecting: { runtime: { clock }, workerTimeout: 9_000 } });
    server.respondTo('"op":"slow"', []);
    void outcomeOf(page.request({ op: 'slow' }));
    for (let n = 0; n < 5; n++) await clock.jump(3_600_000);
    expect(page.state).toBe('ready');
  });

  it('and its client end with the page: a port that closes closes the client [WK12]', async () => {
    const { inner, port } = await startPair();
    port.close();
    await inner.closed;
    expect(inner.state).toBe('closed');
  });
});

describe('the start', () => {
  it('may come late: calls wait for the worker [WK1]', async () => {
    const server = await serve();
    const { port, scope } = ports();
    const page = connectWorker(port);
    const payload = { op: 'quote', price: 1 };
    const answer = page.request(payload);
    payload.price = 2;
    const ready = page.connect();
    serveClient(scope, createClient(server));
    await ready;
    expect(await answer).toEqual({ op: 'quote', price: 1 });
  });

  it('that does not come is a typed error [WK18]', async () => {
    const clock = new VirtualClock();
    const { port } = ports();
    const page = connectWorker(port, { runtime: { clock } });
    const call = outcomeOf(page.request({ op: 'early' }));
    await clock.advance(30_000);
    expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' } });
    const { error } = await page.closed;
    expect(error).toBeInstanceOf(ConnectionFailedError);
    expect(error?.message).toContain('serveClient()');
  });

  it('of another version is a typed error that says so [WK18]', async () => {
    const { port, scope } = ports();
    const page = connectWorker(port);
    scope.on('message', ({ session }: { session: number }) =>
      scope.postMessage({ hpxTransport: '', session, body: ['welcome', { version: 99 }] }),
    );
    const call = (await outcomeOf(page.request({ op: 'x' }))) as { error: Error };
    expect(call.error.message).toMatch(/version 1 .* version 99/);
    expect((await page.closed).error).toBeInstanceOf(ProtocolError);
  });

  it('of a second page for one client is refused [WK18]', async () => {
    const { page, port } = await startPair();
    const second = connectWorker(port);
    expect((await second.closed).error?.message).toContain('already');
    await settled({ page });
    expect(page.state).toBe('ready');
  });

  it('several clients share a worker under their names [WK21]', async () => {
    const server = await serve();
    const { port, scope } = ports();
    for (const name of ['a', 'b']) serveClient(scope, createClient(server), { name });
    const pages = ['a', 'b'].map((name) => connectWorker(port, { name }));
    await Promise.all(pages.map((page) => page.connect()));
    expect(server.connectionCount).toBe(2);
    await pages[0]?.close();
    expect(await pages[1]?.request({ op: 'quote' })).toEqual({ op: 'quote' });
    await pages[1]?.close();
  });

  it('after a page has closed tells the next one that the client is closed [WK18]', async () => {
    const server = await serve();
    const { page, port } = joinPair(server);
    await page.connect();
    await page.close();
    const next = connectWorker(port);
    expect(await outcomeOf(next.connect())).toMatchObject({ error: { code: 'CONNECTION_CLOSED' } });
    expect(next.state).toBe('closed');
  });
});
