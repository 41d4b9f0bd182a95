import { type Frames, GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  atEnd,
  barrier,
  clientEvent,
  connectClient,
  createClient,
  deferred,
  dropping,
  framesOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { operations, virtualWorld } from '../support/virtual-world.js';

describe('a drop with a request in flight', () => {
  it('fails the request as unknown and does not send it again [R1, R4, R5, DL1, DL5, ER3]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"order"', (_text, connection) => {
      connection.terminate();
      return [];
    });
    const call = client.request({ op: 'order' });
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown', retryable: true });
    await server.waitForConnection(2);
    await barrier(client);
    expect(framesOf(server, 'order')).toHaveLength(1);
  });

  it("sends a request with retry 'idempotent' again, with the same id and a new preparation [R5, DL6, HN10]", async () => {
    class SigningHandler extends GenericJsonHandler {
      #count = 0;
      override prepareRequest(text: string): string {
        return JSON.stringify({ ...JSON.parse(text), signature: ++this.#count });
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new SigningHandler() });
    server.respondTo('"op":"order"', dropping, { once: true });
    const call = client.request({ op: 'order' }, { retry: 'idempotent' });
    expect(await call).toMatchObject({ op: 'order', signature: 2 });
    expect(framesOf(server, 'order')).toEqual([
      { op: 'order', req_id: call.requestId, signature: 1 },
      { op: 'order', req_id: call.requestId, signature: 2 },
    ]);
  });

  it("tells a request with retry 'idempotent' as unknown if it cannot be prepared again [R4, DL6]", async () => {
    class ForgetfulHandler extends GenericJsonHandler {
      #isKeyLost = false;
      override prepareRequest(text: string): string {
        if (this.#isKeyLost) throw new Error('the key is lost');
        this.#isKeyLost = true;
        return text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new ForgetfulHandler() });
    server.respondTo('"op":"order"', dropping, { once: true });
    const call = client.request({ op: 'order' }, { retry: 'idempotent' });
    await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unknown' });
    expect(call.delivery).toBe('unknown');
    expect(framesOf(server, 'order')).toHaveLength(1);
  });

  it("sends a request with retry 'idempotent' before later requests [DL6, DL2]", async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"first"', dropping, { once: true });
    const first = client.request({ op: 'first' }, { retry: 'idempotent' });
    const later: Promise<unknown>[] = [];
    client.once('reconnecting', () => later.push(client.request({ op: 'second' }), client.request({ op: 'third' })));
    expect(await first).toEqual({ op: 'first' });
    await Promise.all(later);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['first', 'first', 'second', 'third']);
  });

  it('makes calls during the reconnect wait and leave in order [R4, DL2, DL5, C3, DL7]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await client.subscribe('trades');
    const from = server.received.length;
    const calls: Promise<unknown>[] = [];
    client.once('reconnecting', () => {
      calls.push(client.request({ op: 'first' }), client.sendJson({ op: 'second' }), client.request({ op: 'third' }));
    });
    client.once('ready', () => calls.push(client.request({ op: 'fourth' })));
    server.dropAll();
    await clientEvent(client, 'reconnected');
    await Promise.all(calls);
    expect(
      framesOf(server)
        .slice(from)
        .map(({ op }) => op),
    ).toEqual(['subscribe', 'first', 'second', 'third', 'fourth']);
  });

  it("rejects a request with retry 'never' at once, unless ready [DL4, ER3]", async () => {
    const server = await serve();
    const client = createClient(server);
    const call = client.request({ op: 'a' }, { retry: 'never' });
    await expect(call).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
    expect(call.delivery).toBe('unsent');
    await client.connect();
    expect(await client.request({ op: 'b' }, { retry: 'never' })).toEqual({ op: 'b' });
    server.dropAll();
    await clientEvent(client, 'reconnecting');
    await expect(client.request({ op: 'c' }, { retry: 'never' })).rejects.toMatchObject({ delivery: 'unsent' });
    await client.connect();
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['b', 'barrier']);
  });

  it('lets the server see each of many requests at most once, and unsent ones never [R4, R5, DL5]', async () => {
    const server = await serve({ dropAfter: 7 });
    const client = await connectClient(server);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const call = client.request({ op: 'order', n });
        try {
          return { n: ((await call) as { n: number }).n, how: 'answered' };
        } catch {
          return { n, how: call.delivery };
        }
      }),
    );
    server.dropAfter(Infinity);
    await client.connect();
    await barrier(client);
    const seen = framesOf(server, 'order').map(({ n }) => n as number);
    expect(new Set(seen).size).toBe(seen.length);
    for (const { n, how } of outcomes) {
      if (how === 'unsent') expect(seen).not.toContain(n);
      if (how === 'answered') expect(seen).toContain(n);
    }
    expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0 });
  });
});

describe('the order of frames after a connect', () => {
  it('is hello, login, first subscription frame, waiting calls [C3, DL7, HN13]', async () => {
    class HelloHandler extends LoginHandler {
      override onConnect() {
        return Promise.resolve([JSON.stringify({ op: 'hello' }), JSON.stringify({ op: 'version' })]);
      }
    }
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new HelloHandler() });
    const subscribed = client.subscribe('trades');
    const call = client.request({ op: 'order' });
    await client.connect();
    await Promise.all([subscribed, call]);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['hello', 'version', 'auth', 'subscribe', 'order']);
  });

  it('does not let an answer settle a request that has not left [R2, R4]', async () => {
    const server = await serve({ authentication: {} });
    server.respondTo('"op":"auth"', (_text, connection) => {
      connection.authenticated = true;
      return [
        { req_id: 'mine', data: 'of somebody else' },
        { op: 'auth', success: true },
      ];
    });
    const client = createClient(server, { handler: new LoginHandler() });
    const heard = clientEvent(client, 'message');
    const call = client.requestRaw('{"op":"order","req_id":"mine"}');
    await client.connect();
    expect((await heard)[0].field('data')).toBe('of somebody else');
    expect((await call).json).toEqual({ req_id: 'mine', data: { op: 'order' } });
  });

  it('lets nothing else leave while the login is open [C3]', async () => {
    const server = await serve({ authentication: {} });
    const release = server.respondTo('"op":"auth"', []);
    const client = createClient(server, { handler: new LoginHandler() });
    const ready = client.connect();
    await server.waitForMessage('auth');
    const calls = [client.request({ op: 'order' }), client.sendJson({ op: 'note' }), client.subscribe('trades')];
    const aborted = new AbortController();
    const call = client.request({ op: 'never' }, { signal: aborted.signal });
    aborted.abort('no');
    await expect(call).rejects.toBe('no');
    server.broadcast({ topic: 'other', data: 1 });
    await clientEvent(client, 'message');
    expect(framesOf(server).map(({ op }) => op)).toEqual(['auth']);
    release();
    const [connection] = server.connections;
    if (connection) connection.authenticated = true;
    connection?.send({ op: 'auth', success: true });
    await ready;
    await Promise.all(calls);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['auth', 'subscribe', 'order', 'note']);
  });

  it('is hello, login, first subscription frame, calls in virtual time [DL7, C3]', async () => {
    class Handler extends LoginHandler {
      override onConnect(): Frames {
        return '{"op":"hello"}';
      }
    }
    const world = virtualWorld({ server: { key: 'secret' }, handler: new Handler() });
    const call = world.client.request({ op: 'order' });
    const subscribing = world.client.subscribe('a');
    await world.connect();
    await world.clock.advance(10);
    await Promise.all([call, subscribing]);
    expect((operations(world.peer.received) as { op: string }[]).map(({ op }) => op)).toEqual([
      'hello',
      'auth',
      'subscribe',
      'order',
    ]);
  });
});

describe('prepareRequest', () => {
  it('keeps the order when asynchronous, and does not delay urgent frames [HN10, DL2]', async () => {
    const gates = [deferred<void>(), deferred<void>()];
    class SlowSigner extends GenericJsonHandler {
      override async prepareRequest(text: string): Promise<string> {
        const { n } = JSON.parse(text);
        await gates[n]?.promise;
        return text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new SlowSigner() });
    const calls = [0, 1, 2].map((n) => client.request({ op: 'order', n }));
    gates[1]?.resolve();
    await client.subscribe('trades');
    expect(framesOf(server).map(({ op }) => op)).toEqual(['subscribe']);
    gates[0]?.resolve();
    await Promise.all(calls);
    expect(framesOf(server, 'order').map(({ n }) => n)).toEqual([0, 1, 2]);
  });

  it('does not delay the next request when a request is aborted during it [R6, HN10]', async () => {
    class StuckSigner extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        return text.includes('stuck') ? new Promise<string>(() => {}) : text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new StuckSigner() });
    const controller = new AbortController();
    const stuck = client.request({ op: 'stuck' }, { signal: controller.signal });
    const next = client.request({ op: 'next' }, { timeout: 500 });
    controller.abort('enough');
    await expect(stuck).rejects.toBe('enough');
    expect(await next).toEqual({ op: 'next' });
    expect(framesOf(server).map(({ op }) => op)).toEqual(['next']);
  });

  it('does not delay the next request when a request times out during it [R1, HN10]', async () => {
    class StuckSigner extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        return text.includes('stuck') ? new Promise<string>(() => {}) : text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new StuckSigner() });
    const stuck = client.request({ op: 'stuck' }, { timeout: 15 });
    const next = client.request({ op: 'next' }, { timeout: 500 });
    await expect(stuck).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unsent' });
    expect(await next).toEqual({ op: 'next' });
  });

  it('runs again for the next connection when its connection is lost [R4, R5, HN10]', async () => {
    const gate = deferred<void>();
    let prepared = 0;
    class SlowSigner extends GenericJsonHandler {
      override async prepareRequest(text: string): Promise<string> {
        const count = ++prepared;
        if (count === 1) await gate.promise;
        return JSON.stringify({ ...JSON.parse(text), count });
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new SlowSigner() });
    const call = client.request({ op: 'order' });
    server.dropAll();
    expect(await call).toMatchObject({ count: 2 });
    gate.resolve();
    await barrier(client);
    expect(framesOf(server, 'order')).toHaveLength(1);
  });

  it('rejects only its own request, as unsent, when it fails [HN10, HN30, ER3]', async () => {
    class BrokenSigner extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        if (text.includes('sync')) throw new Error('no key');
        return text.includes('async') ? Promise.reject(new Error('no key')) : text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenSigner() });
    const [first, second, third] = ['sync', 'async', 'fine'].map((op) => client.request({ op }));
    await expect(first).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await expect(second).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    expect(await third).toEqual({ op: 'fine' });
  });
});

describe('close() with open calls', () => {
  it('settles every call with its delivery [R1, R4, CL24, DL1]', async () => {
    const server = await serve();
    server.respondTo('"op":"held"', []);
    const client = await connectClient(server);
    const written = client.request({ op: 'held' });
    await server.waitForMessage('held');
    await client.close();
    await expect(written).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unknown' });
    const idle = createClient(server);
    atEnd(() => idle.close());
    const waiting = idle.request({ op: 'waiting' });
    const sending = idle.send('waiting');
    await idle.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
    await expect(sending).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
    await expect(idle.request({ op: 'late' })).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', delivery: 'unsent' });
  });
});
