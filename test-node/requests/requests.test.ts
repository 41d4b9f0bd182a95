import { CapacityExceededError, GenericJsonHandler, RequestRejectedError, RequestTimeoutError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, deferred, framesOf, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { operations, outcome, virtualWorld } from '../support/virtual-world.js';

class CancellingHandler extends GenericJsonHandler {
  override buildCancel(requestId: string | number): string {
    return JSON.stringify({ op: 'cancel', target: requestId });
  }
}

describe('request()', () => {
  it('resolves to its answer and sets its delivery [R1, CL10, CL11, GJ5, GJ6]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const call = client.request<{ op: string; qty: number }>({ op: 'order', qty: 1 });
    expect(call.delivery).toBe('unknown');
    expect(await call).toEqual({ op: 'order', qty: 1 });
    expect(call.delivery).toBe('answered');
    expect(framesOf(server)).toEqual([{ op: 'order', qty: 1, req_id: call.requestId }]);
    expect(client.stats()).toMatchObject({ pendingRequests: 0, waitingCalls: 0 });
  });

  it('matches answers in any order [R2, CL10]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const held: (() => void)[] = [];
    server.respondTo('"op":"swap"', (text, connection) => {
      const { req_id, n } = JSON.parse(text);
      held.unshift(() => connection.send({ req_id, data: n }));
      if (held.length === 3) for (const answer of held) answer();
      return [];
    });
    const calls = [1, 2, 3].map((n) => client.request({ op: 'swap', n }));
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
  });

  it('emits a late or repeated answer as a message event [R2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const { promise: late, resolve: answerLate } = deferred<() => void>();
    server.respondTo('"op":"slow"', (text, connection) => {
      answerLate(() => connection.send({ req_id: JSON.parse(text).req_id, data: 'late' }));
      return [];
    });
    server.respondTo('"op":"twice"', (text) => {
      const frame = { req_id: JSON.parse(text).req_id, data: 'once' };
      return [frame, frame];
    });
    const unclaimed: unknown[] = [];
    client.on('message', ({ json }) => unclaimed.push((json as { data: unknown }).data));
    await expect(client.request({ op: 'slow' }, { timeout: 20 })).rejects.toBeInstanceOf(RequestTimeoutError);
    const other = client.request({ op: 'echo', me: 1 });
    (await late)();
    expect(await other).toEqual({ op: 'echo', me: 1 });
    expect(await client.request({ op: 'twice' })).toBe('once');
    await barrier(client);
    expect(unclaimed).toEqual(['late', 'once']);
  });

  it('emits an answer with an unknown id as a message event [R2, CL35]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const heard = clientEvent(client, 'message');
    server.broadcast({ req_id: 'nobody', data: 1 });
    expect((await heard)[0].json).toEqual({ req_id: 'nobody', data: 1 });
  });

  it('rejects on a refusal with the code, message and data of the server [CL10, HN11, GJ6, ER1]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"order"', (text) => ({
      req_id: JSON.parse(text).req_id,
      success: false,
      error: { code: 10_001, message: 'no funds', data: { left: 0 } },
    }));
    const call = client.request({ op: 'order' });
    await expect(call).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(call).rejects.toMatchObject({
      code: 'REQUEST_REJECTED',
      serverCode: 10_001,
      message: 'no funds',
      data: { left: 0 },
    });
    expect(call.delivery).toBe('answered');
  });

  it('rejects as unknown if the refusal leaves the outcome open [HN11, ER3]', async () => {
    class VenueHandler extends GenericJsonHandler {
      override extractError(message: Parameters<GenericJsonHandler['extractError']>[0]) {
        const error = super.extractError(message);
        return error && { ...error, outcome: 'unknown' as const };
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new VenueHandler() });
    server.respondTo('"op":"order"', (text) => ({ req_id: JSON.parse(text).req_id, success: false, error: 'timeout' }));
    await expect(client.request({ op: 'order' })).rejects.toMatchObject({ delivery: 'unknown' });
  });

  it('rejects as unsent, and never throws, for a payload that cannot be serialised [ER5, GJ5, CL10]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const payload of [circular, { big: 1n }, undefined, [1], 'text', () => 1]) {
      const call = client.request<unknown>(payload as never);
      await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
      expect(call.delivery).toBe('unsent');
    }
    await expect(client.sendJson(circular)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await expect(client.sendJson(undefined)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await expect(client.send(5 as never)).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
    expect(client.stats().pendingRequests).toBe(0);
  });

  it('sends the payload as it was at the call [DL3, CL19]', async () => {
    const server = await serve();
    const client = createClient(server);
    const order = { op: 'order', qty: 1 };
    const call = client.request(order);
    const sent = client.sendJson(order);
    order.qty = 1_000;
    await client.connect();
    expect(await call).toMatchObject({ qty: 1 });
    await sent;
    await barrier(client);
    expect(framesOf(server, 'order').map(({ qty }) => qty)).toEqual([1, 1]);
  });
});

describe('the timeout of a call', () => {
  it('rejects a written request as unknown, with its id and duration [R1, CL12, ER2, ER3, DL1]', async () => {
    const server = await serve();
    server.respondTo('"op":"slow"', []);
    const client = await connectClient(server);
    const call = client.request({ op: 'slow' }, { timeout: 15 });
    await expect(call).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
      duration: 15,
      requestId: call.requestId,
      delivery: 'unknown',
      retryable: true,
    });
    expect(call.delivery).toBe('unknown');
    expect(client.stats().pendingRequests).toBe(0);
  });

  it('starts at the call; a request that timed out never leaves [R1, R4, DL1]', async () => {
    const server = await serve();
    const client = createClient(server);
    const call = client.request({ op: 'too late' }, { timeout: 15 });
    await expect(call).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unsent' });
    expect(call.delivery).toBe('unsent');
    await client.connect();
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
  });

  it('rejects with a ConfigError for a wrong timeout or retry policy [CL12]', async () => {
    const server = await serve();
    const client = createClient(server);
    for (const options of [{ timeout: 0 }, { timeout: -1 }, { timeout: Number.NaN }, { retry: 'always' as never }]) {
      await expect(client.request({ op: 'x' }, options)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });

  it('limits a waiting send to requestTimeout; afterwards it is never sent [CL18]', async () => {
    const server = await serve();
    const client = createClient(server, { config: { requestTimeout: 15 } });
    await expect(client.send('too late')).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT', delivery: 'unsent' });
    await client.connect();
    await client.send('in time');
    await server.waitForMessage('in time');
    expect(server.received.map(({ data }) => data)).toEqual(['in time']);
  });
});

describe('the abort of a request', () => {
  it('keeps a waiting request from leaving [R6, ER4]', async () => {
    const server = await serve();
    const client = createClient(server, { handler: new CancellingHandler() });
    const controller = new AbortController();
    const call = client.request({ op: 'order' }, { signal: controller.signal });
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(call.delivery).toBe('unsent');
    await client.connect();
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
  });

  it('frees the entry of a written request and sends a cancel [R6, ER4, HN12]', async () => {
    const server = await serve();
    server.respondTo('"op":"order"', []);
    const client = await connectClient(server, { handler: new CancellingHandler(), config: { maxPendingRequests: 1 } });
    const controller = new AbortController();
    const call = client.request({ op: 'order' }, { signal: controller.signal });
    await server.waitForMessage('"op":"order"');
    controller.abort('stop');
    await expect(call).rejects.toBe('stop');
    expect(call.delivery).toBe('unknown');
    expect(client.stats().pendingRequests).toBe(0);
    await server.waitForMessage('"op":"cancel"');
    expect(framesOf(server, 'cancel')).toEqual([{ op: 'cancel', target: call.requestId }]);
    await barrier(client);
  });

  it('rejects at once with an aborted signal [R6, ER4]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await expect(client.request({ op: 'order' }, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await barrier(client);
    expect(framesOf(server, 'order')).toEqual([]);
  });

  it('does nothing after the answer [R1, R6]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new CancellingHandler() });
    const controller = new AbortController();
    const call = client.request({ op: 'order' }, { signal: controller.signal });
    expect(await call).toEqual({ op: 'order' });
    controller.abort();
    expect(await call).toEqual({ op: 'order' });
    await barrier(client);
    expect(framesOf(server, 'cancel')).toEqual([]);
  });

  it('sends no cancel on a later connection [C3, R6, HN12]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new CancellingHandler() });
    server.respondTo('"op":"order"', []);
    const controller = new AbortController();
    const call = client.request({ op: 'order' }, { signal: controller.signal, retry: 'idempotent' });
    await server.waitForMessage('"op":"order"');
    const from = server.received.length;
    client.once('reconnecting', () => controller.abort('stop'));
    server.dropAll();
    await expect(call).rejects.toBe('stop');
    await server.waitForConnection(2);
    await barrier(client);
    expect(
      framesOf(server)
        .slice(from)
        .map(({ op }) => op),
    ).toEqual(['barrier']);
  });

  it('sends no cancel before ready [C3, HN12]', async () => {
    class Handler extends LoginHandler {
      override buildCancel(): string {
        return '{"op":"cancel"}';
      }
    }
    const world = virtualWorld({ server: { key: 'secret' }, handler: new Handler() });
    await world.connect();
    world.server.mute = true;
    const controller = new AbortController();
    const call = world.client.request({ op: 'slow' }, { retry: 'idempotent', signal: controller.signal });
    await world.clock.advance(10);
    world.server.drop();
    for (let count = 0; world.client.state !== 'authenticating' && count < 10_000; count++)
      await world.clock.advance(1);
    expect(world.client.state).toBe('authenticating');
    controller.abort();
    await world.clock.advance(5);
    expect(await outcome(call)).toMatchObject({ error: { name: 'AbortError' } });
    expect(operations(world.peer.received)).toEqual([{ op: 'auth', key: 'secret' }]);
  });
});

describe('the capacity for calls', () => {
  it('rejects a request above maxPendingRequests at once [R3, C9, ER2]', async () => {
    const server = await serve();
    server.respondTo('"op":"held"', []);
    const client = await connectClient(server, { config: { maxPendingRequests: 2 } });
    const held = [client.request({ op: 'held', n: 0 }), client.request({ op: 'held', n: 1 })];
    const third = client.request({ op: 'held', n: 2 });
    await expect(third).rejects.toBeInstanceOf(CapacityExceededError);
    await expect(third).rejects.toMatchObject({ limit: 'maxPendingRequests', capacity: 2, delivery: 'unsent' });
    expect(client.stats().pendingRequests).toBe(2);
    for (const { requestId } of held) server.broadcast({ req_id: requestId, data: 'done' });
    expect(await Promise.all(held)).toEqual(['done', 'done']);
    await barrier(client);
    expect(framesOf(server, 'held').map(({ n }) => n)).toEqual([0, 1]);
  });

  it('counts waiting requests [R3]', async () => {
    const server = await serve();
    const client = createClient(server, { config: { maxPendingRequests: 1 } });
    const first = client.request({ op: 'a' });
    await expect(client.request({ op: 'b' })).rejects.toMatchObject({ limit: 'maxPendingRequests' });
    await client.connect();
    expect(await first).toEqual({ op: 'a' });
    expect(await client.request({ op: 'c' })).toEqual({ op: 'c' });
  });

  it('rejects calls above commandChannelCapacity, without counting subscriptions [CF11, C9, CL8]', async () => {
    const server = await serve();
    const client = createClient(server, { config: { commandChannelCapacity: 2 } });
    const calls = [client.request({ op: 'a' }), client.sendJson({ op: 'b' })];
    const topics = ['t1', 't2', 't3'].map((topic) => client.subscribe(topic));
    await expect(client.request({ op: 'c' })).rejects.toMatchObject({
      code: 'CAPACITY_EXCEEDED',
      limit: 'commandChannelCapacity',
      delivery: 'unsent',
    });
    await expect(client.send('d')).rejects.toMatchObject({ limit: 'commandChannelCapacity', delivery: 'unsent' });
    expect(client.stats()).toMatchObject({ state: 'disconnected', waitingCalls: 2, pendingRequests: 1 });
    expect(server.upgradeAttempts).toBe(0);
    await client.connect();
    await Promise.all([...calls, ...topics]);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['subscribe', 'a', 'b']);
  });
});
