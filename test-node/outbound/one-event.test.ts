import { type Frame, GenericJsonHandler, type TraceEntry } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LimitedHandler, topics } from '../support/limited-handler.js';
import { barrier, connectClient, framesOf, outcomeOf, serve } from '../support/live.js';
import { connectedWorld, type SentFrame, virtualWorld } from '../support/virtual-world.js';

/** A handler that takes its time to prepare `slow` and lets a test end that. */
class Signing extends GenericJsonHandler {
  readonly prepared: string[] = [];
  override prepareRequest(text: string): string | Promise<string> {
    const { op } = JSON.parse(text) as { op: string };
    this.prepared.push(op);
    return op === 'slow' ? new Promise(() => {}) : text;
  }
}

const opsOf = (sent: readonly SentFrame[]) => sent.map(({ op }) => op);

const CLOSED = { error: { code: 'CONNECTION_CLOSED', delivery: 'unsent' } };

describe('an event that ends a call which is being prepared', () => {
  it('writes no other call when it is close(): all are unsent [DL13, R4]', async () => {
    const { client, close, sent } = await connectedWorld({ handler: new Signing() });
    const calls = ['slow', 'buy', 'sell'].map((op) => outcomeOf(client.request({ op })));
    await close();
    expect(await Promise.all(calls)).toMatchObject([CLOSED, CLOSED, CLOSED]);
    expect(opsOf(sent)).toEqual([]);
  });

  it('lets the next call leave in a later task, and not if it was aborted by then [DL13, R6]', async () => {
    const { client, clock, sent } = await connectedWorld({ handler: new Signing() });
    const [first, second] = [new AbortController(), new AbortController()];
    const slow = outcomeOf(client.request({ op: 'slow' }, { signal: first.signal }));
    const next = outcomeOf(client.request({ op: 'next' }, { signal: second.signal }));
    const last = client.request({ op: 'last' });
    first.abort('one');
    void client.request({ op: 'new' });
    expect(opsOf(sent)).toEqual([]);
    second.abort('two');
    await clock.advance(10);
    expect(await Promise.all([slow, next, last])).toEqual([{ error: 'one' }, { error: 'two' }, { op: 'last' }]);
    expect(opsOf(sent)).toEqual(['last', 'new']);
  });

  it('writes nothing when a timeout or a shared signal ends several calls [DL13, R1]', async () => {
    const handler = new Signing();
    const { client, clock, sent } = await connectedWorld({ handler });
    const stop = new AbortController();
    const calls = ['slow', 'a', 'b'].map((op) => outcomeOf(client.request({ op }, { timeout: 50 })));
    await clock.advance(60);
    calls.push(...['slow', 'c', 'd'].map((op) => outcomeOf(client.request({ op }, { signal: stop.signal }))));
    stop.abort('all');
    await clock.advance(100);
    await Promise.all(calls);
    expect(opsOf(sent)).toEqual([]);
    expect(handler.prepared).toEqual(['slow', 'slow']);
  });

  it('does not send a call that is aborted inside its own prepareRequest [DL13, R6]', async () => {
    const stop = new AbortController();
    class Guard extends GenericJsonHandler {
      override prepareRequest(text: string): string {
        if (text.includes('order')) stop.abort('limit reached');
        return text;
      }
    }
    const { client, clock, sent } = await connectedWorld({ handler: new Guard() });
    const order = client.request({ op: 'order' }, { signal: stop.signal });
    expect(await outcomeOf(order)).toEqual({ error: 'limit reached' });
    expect(order.delivery).toBe('unsent');
    const next = client.request({ op: 'next' });
    await clock.advance(10);
    expect(await next).toEqual({ op: 'next' });
    expect(opsOf(sent)).toEqual(['next']);
  });

  it('does not send a call whose payload aborts it while it is serialised [DL13, R6]', async () => {
    const { client, sent } = await connectedWorld();
    const stop = new AbortController();
    const payload = { op: 'order', toJSON: () => stop.abort('no') ?? { op: 'order' } };
    expect(await outcomeOf(client.request(payload, { signal: stop.signal }))).toEqual({ error: 'no' });
    expect(opsOf(sent)).toEqual([]);
  });
});

describe('a trace sink that sees the frame of a call', () => {
  const onOrder = (act: () => void) => (entry: TraceEntry) => {
    if (entry.type === 'frame' && entry.direction === 'out' && entry.text.includes('"order"')) act();
  };

  it('meets the call as written, also when it closes or reconnects [DL14, R4]', async () => {
    for (const end of ['close', 'reconnect'] as const) {
      const { client, clock, sent } = await connectedWorld();
      const stop = client.trace(onOrder(() => void client[end]()));
      const order = outcomeOf(client.request({ op: 'order' }));
      stop();
      await clock.advance(2_000);
      // A planned replacement waits for the answer.
      expect(await order).toMatchObject(
        end === 'close' ? { error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } } : { value: { op: 'order' } },
      );
      expect(opsOf(sent)).toEqual(['order']);
    }
  });

  it('may make a request, and the frame at hand is written once [DL14, R5]', async () => {
    const { client, clock, sent } = await connectedWorld({ handler: new Signing() });
    client.trace(onOrder(() => void client.request({ op: 'audit' })));
    await Promise.all([client.request({ op: 'order' }), clock.advance(10)]);
    expect(opsOf(sent)).toEqual(['order', 'audit']);
  });

  it('ends the connection before anything else leaves, while waiting calls are written [DL14, C8, R4]', async () => {
    for (const end of ['close', 'reconnect'] as const) {
      const { client, clock, sent } = virtualWorld();
      const stop = client.trace(onOrder(() => void client[end]()));
      const calls = ['first', 'order', 'last'].map((op) => outcomeOf(client.request({ op })));
      void client.connect();
      await clock.advance(4);
      stop();
      expect(opsOf(sent)).toEqual(['first', 'order']);
      await clock.advance(2_000);
      const [, , last] = await Promise.all(calls);
      expect(last).toMatchObject(end === 'close' ? CLOSED : { value: { op: 'last' } });
    }
  });

  it('harms nobody when its promise rejects [DL14, CL39]', async () => {
    const { client, clock } = await connectedWorld();
    client.trace(() => Promise.reject(new Error('log disk full')));
    const order = client.request({ op: 'order' });
    await clock.advance(10);
    expect(await order).toEqual({ op: 'order' });
  });
});

describe('a call during which the handler closes the client', () => {
  it('settles [DL15, R1, C8]', async () => {
    for (const hook of ['limits', 'injectRequestId', 'canonicalTopic', 'buildAuthMessage'] as const) {
      const handler = new GenericJsonHandler();
      const { client, clock } = await connectedWorld({ handler, config: { requestTimeout: Infinity } });
      const original = handler[hook] as unknown;
      Object.defineProperty(handler, hook, {
        get: () => {
          void client.close();
          return typeof original === 'function' ? original.bind(handler) : original;
        },
      });
      const calls = [
        client.request({ op: 'order' }),
        client.send('text'),
        client.subscribe('t'),
        client.authenticate(),
      ];
      await clock.advance(2_000);
      const settled: unknown[] = [];
      for (const call of calls as Promise<unknown>[]) void outcomeOf(call).then((outcome) => settled.push(outcome));
      await clock.advance(1);
      expect(settled, hook).toHaveLength(calls.length);
      expect(clock.pendingTimers).toBe(0);
    }
  });
});

describe('an abort of thousands of written requests', () => {
  it('asks for a cancel of each, as the rate limit allows, and the link lives [DL16, C9, HN12]', async () => {
    const handler = new LimitedHandler({ frames: { count: 2_100, window: 1_000 } });
    const { client, clock, server } = await connectedWorld({ handler, config: { maxPendingRequests: 5_000 } });
    server.mute = true;
    const stop = new AbortController();
    const calls = Array.from({ length: 2_000 }, () =>
      outcomeOf(client.request({ op: 'order' }, { signal: stop.signal })),
    );
    const losses: unknown[] = [];
    client.on('disconnected', (loss) => losses.push(loss));
    stop.abort('all');
    await Promise.all(calls);
    expect(client.stats().waitingCalls).toBe(0);
    await clock.advance(1_100);
    expect([losses, client.stats().sent]).toEqual([[], 4_000]);
  });
});

describe('the host that slept', () => {
  it('does not send a call whose time is over, although its clock stood still [DL17, R1, R4]', async () => {
    const { client, clock, sent } = virtualWorld();
    const order = outcomeOf(client.request({ op: 'order' }, { timeout: 5_000 }));
    const sending = outcomeOf(client.send('{"op":"send"}', { timeout: 5_000 }));
    const later = client.request({ op: 'later' }, { timeout: 10 * 3_600_000 });
    clock.stepWall(8 * 3_600_000);
    void client.connect();
    await clock.advance(100);
    expect(await Promise.all([order, sending, later])).toMatchObject([
      { error: { code: 'REQUEST_TIMEOUT', delivery: 'unsent' } },
      { error: { code: 'REQUEST_TIMEOUT', delivery: 'unsent' } },
      { op: 'later' },
    ]);
    expect(opsOf(sent)).toEqual(['later']);
  });

  it('does not end a written call, nor any call for a step of less than 5,000 or a step back [DL17]', async () => {
    const { client, clock, drop, peer, server } = await connectedWorld();
    server.mute = true;
    const written = client.request({ op: 'written' }, { timeout: 5_000 });
    await clock.advance(5);
    clock.stepWall(60_000);
    server.mute = false;
    const next = client.request({ op: 'next' }, { timeout: 5_000 });
    await clock.advance(10);
    expect(await next).toEqual({ op: 'next' });
    peer.send(JSON.stringify({ req_id: written.requestId, data: 'answer' }));
    await clock.advance(5);
    expect(await written).toBe('answer');
    await drop();
    const waiting = client.request({ op: 'waiting' }, { timeout: 6_000 });
    clock.stepWall(4_900);
    clock.stepWall(-3_600_000);
    await clock.advance(1_000);
    expect(await waiting).toEqual({ op: 'waiting' });
  });

  it('does not send a call whose own preparation takes longer than it may wait [DL17, R4]', async () => {
    class Slow extends GenericJsonHandler {
      override prepareRequest(text: string): string {
        // As long as it takes to sign on a slow host.
        const until = performance.now() + 60;
        while (text.includes('order') && performance.now() < until);
        return text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Slow() });
    const order = outcomeOf(client.request({ op: 'order' }, { timeout: 20 }));
    expect(await order).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', delivery: 'unsent' } });
    await barrier(client);
    expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
  });

  it('hands out an answer that waits in the socket before a late timer ends its call [DL18, R1]', async () => {
    const { client, clock } = await connectedWorld({ network: { latency: 5 } });
    const call = outcomeOf(client.request({ op: 'order' }, { timeout: 500 }));
    // The server has the order, and its answer is on the way.
    await clock.advance(7);
    await clock.jump(2_000);
    expect(await call).toEqual({ value: { op: 'order' } });
  });
});

describe('priority and maxWait', () => {
  it('lets a call of high priority go before waiting calls, and past a call that is being prepared [DL19]', async () => {
    class Paced extends Signing {
      override readonly limits = { frames: { count: 2, window: 1_000 } };
    }
    const { client, clock, sent } = await connectedWorld({ handler: new Paced() });
    for (const op of ['a', 'b', 'c', 'slow', 'd']) void client.request({ op }).catch(() => {});
    void client.request({ op: 'cancel' }, { priority: 'high' });
    await clock.advance(1_100);
    expect(opsOf(sent)).toEqual(['a', 'b', 'cancel', 'c']);
    void client.send('{"op":"panic"}', { priority: 'high' });
    await clock.advance(1_100);
    expect(opsOf(sent)).toEqual(['a', 'b', 'cancel', 'c', 'panic']);
  });

  it('lets no normal call go before one of high priority that is being prepared [DL19]', async () => {
    const done: (() => void)[] = [];
    class Slow extends Signing {
      override prepareFrame(frame: Frame): Frame | Promise<Frame> {
        return String(frame).includes('urgent') ? new Promise((resolve) => done.push(() => resolve(frame))) : frame;
      }
    }
    const { client, clock, sent } = await connectedWorld({ handler: new Slow() });
    void client.request({ op: 'urgent' }, { priority: 'high' }).catch(() => {});
    void client.request({ op: 'later' }).catch(() => {});
    await clock.advance(10);
    expect(opsOf(sent)).toEqual([]);
    done[0]?.();
    await clock.advance(10);
    expect(opsOf(sent)).toEqual(['urgent', 'later']);
  });

  it('keeps a reserve of a quarter for calls of high priority [DL19, R3, CF11]', async () => {
    const { client } = virtualWorld({ config: { commandChannelCapacity: 4, maxPendingRequests: 4 } });
    const full = { error: { code: 'CAPACITY_EXCEEDED' } };
    for (let n = 0; n < 4; n++) void client.request({ op: 'order' });
    expect(await outcomeOf(client.request({ op: 'order' }))).toMatchObject(full);
    void client.request({ op: 'cancel' }, { priority: 'high' });
    expect(await outcomeOf(client.request({ op: 'cancel' }, { priority: 'high' }))).toMatchObject(full);
    expect(client.stats()).toMatchObject({ waitingCalls: 5, pendingRequests: 5 });
  });

  it('ends a call that waits longer than maxWait as unsent, and no call that was written [DL20]', async () => {
    const { client, clock, sent, server } = virtualWorld();
    const late = outcomeOf(client.request({ op: 'late' }, { maxWait: 500 }));
    const lateSend = outcomeOf(client.sendJson({ op: 'late' }, { maxWait: 500 }));
    await clock.advance(499);
    expect(client.stats().waitingCalls).toBe(2);
    await clock.advance(1);
    const timeout = { error: { code: 'REQUEST_TIMEOUT', duration: 500, delivery: 'unsent' } };
    expect(await Promise.all([late, lateSend])).toMatchObject([timeout, timeout]);
    server.mute = true;
    void client.connect();
    await clock.advance(100);
    const written = outcomeOf(client.request({ op: 'written' }, { maxWait: 500, timeout: 2_000 }));
    await clock.advance(1_999);
    expect(client.stats().pendingRequests).toBe(1);
    await clock.advance(1);
    expect(await written).toMatchObject({ error: { duration: 2_000, delivery: 'unknown' } });
    expect(opsOf(sent)).toEqual(['written']);
  });

  it('refuses a wrong option of a call, which changes nothing [DL19, DL20]', async () => {
    const { client } = virtualWorld();
    const invalid = { error: { code: 'CONFIG_INVALID' } };
    for (const options of [{ priority: 'urgent' }, { maxWait: 0 }, { timeout: -1 }, { signal: 1 }] as never[]) {
      expect(await outcomeOf(client.request({ op: 'x' }, options))).toMatchObject(invalid);
      expect(await outcomeOf(client.send('x', options))).toMatchObject(invalid);
    }
    expect(client.stats()).toMatchObject({ waitingCalls: 0, pendingRequests: 0 });
  });

  it('makes every fourth frame a subscription frame while a rate limit holds frames back [DL21, DL8]', async () => {
    const handler = new LimitedHandler({ topicsPerFrame: 1, frames: { count: 2, window: 1_000 } });
    const { client, clock, sent } = await connectedWorld({ handler });
    for (let n = 0; n < 14; n++) void client.request({ op: 'order' }).catch(() => {});
    void client.subscribeMany(topics(3));
    await clock.advance(20_000);
    expect(opsOf(sent).join(' ')).toBe(
      'order order order order order subscribe order order order subscribe order order order subscribe order order order',
    );
  });
});

describe('a rate limit', () => {
  it('adds a margin to its window: 5 %, at least 20, or what the handler says [HN38, HN23]', async () => {
    const cases = [
      { window: 200, spaced: 220 },
      { window: 1_000, spaced: 1_050 },
      { window: 1_000, margin: 0, spaced: 1_000 },
    ];
    for (const { spaced, ...limit } of cases) {
      const handler = new LimitedHandler({ frames: { count: 1, ...limit } });
      const { client, clock, sent } = await connectedWorld({ handler });
      void client.request({ op: 'a' });
      void client.request({ op: 'b' });
      await clock.advance(2_000);
      expect((sent[1]?.at as number) - (sent[0]?.at as number)).toBe(spaced);
    }
  });
});
