import { type CloseInfo, type CloseVerdict, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { noticedWorld } from '../support/notices.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

/** A world whose server answers requests only when the test says so. */
async function slowServer(options: Parameters<typeof connectedWorld>[0] = {}) {
  const world = await connectedWorld(options);
  const answers: (() => void)[] = [];
  world.server.onSend = (frame, send) => {
    if ('data' in frame && !('topic' in frame)) answers.push(send);
    else send();
  };
  return { ...world, answers, ask: (op: string, call = {}) => world.client.request({ op }, call) };
}

describe('reconnect()', () => {
  it('waits for the answers of written requests, then replaces the connection [CL50]', async () => {
    const { ask, answers, client, clock } = await slowServer();
    const order = ask('order');
    await clock.advance(10);
    client.reconnect();
    await clock.advance(3_000);
    expect([client.state, client.epoch, await outcome(order)]).toEqual(['ready', 1, 'open']);
    for (const answer of answers) answer();
    await clock.advance(1_000);
    expect(await outcome(order)).not.toHaveProperty('error');
    expect([client.state, client.epoch]).toEqual(['ready', 2]);
  });

  it('waits for the confirmation of a topic, too [CL50]', async () => {
    const { client, clock, server, sent } = await connectedWorld();
    const confirmations: (() => void)[] = [];
    server.onSend = (_frame, send) => void confirmations.push(send);
    const subscribing = client.subscribe('a');
    await clock.advance(10);
    client.reconnect();
    await clock.advance(3_000);
    expect([client.epoch, await outcome(subscribing), confirmations.length]).toEqual([1, 'open', 1]);
    server.onSend = (_frame, send) => send();
    confirmations[0]?.();
    await clock.advance(1_000);
    expect([client.epoch, sent.map(({ op }) => op)]).toEqual([2, ['subscribe', 'subscribe']]);
    expect((await subscribing).live).toBe(true);
  });

  it('goes on when the confirmation that it waits for is overdue [CL50]', async () => {
    const { client, clock, server } = await connectedWorld({ config: { requestTimeout: 1_000, leaveTimeout: 5_000 } });
    server.onSend = () => {};
    void outcome(client.subscribe('a', { timeout: 60_000 }));
    await clock.advance(10);
    client.reconnect();
    await clock.advance(980);
    expect(client.state).toBe('ready');
    await clock.advance(20);
    expect(client.state).toBe('reconnecting');
  });

  it('waits at most leaveTimeout [CL50]', async () => {
    const { ask, client, clock } = await slowServer({ config: { leaveTimeout: 2_000 } });
    const order = ask('order');
    await clock.advance(10);
    client.reconnect();
    await clock.advance(1_999);
    expect(client.epoch).toBe(1);
    await clock.advance(1_000);
    expect(client.epoch).toBe(2);
    expect(await outcome(order)).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
  });

  it('does not wait without an outstanding answer, with leaveTimeout 0, or when called again [CL50]', async () => {
    const ends = [
      (client: { reconnect(reason?: string, options?: object): void }) => client.reconnect('now', { leaveTimeout: 0 }),
      (client: { reconnect(): void }) => {
        client.reconnect();
        client.reconnect();
      },
    ];
    for (const end of ends) {
      const { ask, client, clock } = await slowServer();
      void ask('order');
      await clock.advance(10);
      end(client);
      expect(client.state).toBe('reconnecting');
    }
    const { client } = await slowServer();
    client.reconnect();
    expect(client.state).toBe('reconnecting');
  });

  it('holds new calls for the next connection, and rejects retry never at once [CL50, DL5]', async () => {
    const { ask, answers, client, clock, sent } = await slowServer();
    void ask('first');
    await clock.advance(10);
    client.reconnect();
    void ask('second');
    expect(await outcome(ask('third', { retry: 'never' }))).toMatchObject({ error: { delivery: 'unsent' } });
    await clock.advance(100);
    expect(sent.map(({ op }) => op)).toEqual(['first']);
    for (const answer of answers) answer();
    await clock.advance(1_000);
    expect([client.epoch, sent.map(({ op }) => op)]).toEqual([2, ['first', 'second']]);
  });

  it('keeps updates flowing while it waits [CL50, S5]', async () => {
    const { ask, client, clock, publish, subscribe } = await slowServer();
    const channel = await subscribe('a');
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    void ask('order');
    await clock.advance(10);
    client.reconnect();
    await publish('a', 1);
    expect([client.state, heard]).toEqual(['ready', [1]]);
  });

  it('does not wait on a link that gives no sign of life within a second [CL50, C6]', async () => {
    const { ask, client, clock, peer } = await slowServer();
    void ask('order');
    await clock.advance(10);
    peer.stall();
    client.reconnect();
    await clock.advance(999);
    expect(client.state).toBe('ready');
    await clock.advance(2);
    expect(client.state).not.toBe('ready');
  });

  it('a close of the server meanwhile is judged as always [CL50, C7]', async () => {
    class Handler extends GenericJsonHandler {
      override classifyClose({ code }: { code: number }) {
        return code === 4003 ? ('fatal' as const) : ('retry' as const);
      }
    }
    const { ask, client, clock, peer } = await slowServer({ handler: new Handler() });
    void ask('order');
    await clock.advance(10);
    client.reconnect();
    peer.close(4003, 'key revoked');
    await clock.advance(100);
    expect([client.state, await client.closed]).toMatchObject(['closed', { code: 4003 }]);
  });

  it('close() with drain sends the calls that wait meanwhile [CL50, CL25]', async () => {
    const { ask, answers, client, clock, sent } = await slowServer();
    void ask('first');
    await clock.advance(10);
    client.reconnect();
    const second = ask('second');
    void client.close({ drain: true, deadline: 10_000 });
    await clock.advance(100);
    expect(sent.map(({ op }) => op)).toEqual(['first', 'second']);
    for (const answer of answers) answer();
    await clock.advance(100);
    expect(await outcome(second)).not.toHaveProperty('error');
    expect([client.state, clock.pendingTimers]).toEqual(['closed', 0]);
  });
});

it('a repeated notice of the server does not cut the wait for answers short [CL50, HN20]', async () => {
  class Handler extends GenericJsonHandler {
    override shouldReconnect(message: { field(name: string): unknown }) {
      return message.field('op') === 'leave';
    }
  }
  const { ask, client, clock, peer } = await slowServer({ handler: new Handler() });
  void ask('order');
  await clock.advance(10);
  for (let times = 0; times < 3; times++) peer.send('{"op":"leave"}');
  await clock.advance(2_000);
  expect([client.state, client.epoch]).toEqual(['ready', 1]);
});

it('a notice waits for what the same read has brought: the close of the server is judged [CL50, C11]', async () => {
  class Handler extends GenericJsonHandler {
    override shouldReconnect(message: Message): boolean {
      return message.field('op') === 'goaway';
    }
    override classifyClose({ code }: CloseInfo): CloseVerdict {
      return code === 4_003 ? 'fatal' : 'retry';
    }
  }
  const { client, clock, peer, subscribe, server } = await connectedWorld({ handler: new Handler() });
  const channel = await subscribe('fills');
  const fills: unknown[] = [];
  channel.on('message', (fill) => fills.push(fill));
  peer.send('{"op":"goaway"}');
  server.publish('fills', 1);
  peer.close(4_003, 'key revoked');
  await clock.advance(2_000);
  expect(fills).toEqual([1]);
  expect(await client.closed).toMatchObject({ code: 4_003, error: { code: 'CONNECTION_CLOSED', retryable: false } });
});

it('a planned end waits as long as bytes come, also of a frame that is not complete [CL50, C6]', async () => {
  const { client, clock, peer } = await connectedWorld({ config: { pingInterval: 0 } });
  peer.slowDown(1_000, 'to-client');
  const answer = client.request({ op: 'history', pad: 'x'.repeat(4_000) });
  await clock.advance(5);
  client.reconnect('maintenance', { leaveTimeout: 20_000 });
  await clock.advance(6_000);
  expect(await answer).toMatchObject({ op: 'history' });
});

describe('the end of a connection that is replaced', () => {
  it('waits for a high call that was written in the turn of the notice [CL50]', async () => {
    const { answer, client, clock, peer, subscribe } = await noticedWorld();
    const channel = await subscribe('t');
    let call: Promise<unknown> | undefined;
    channel.on('message', () => {
      call ??= client.request({ op: 'cancel-all' }, { priority: 'high' });
    });
    peer.sendJson({ op: 'bye' });
    peer.sendJson({ topic: 't', sequence: 1, data: 1 });
    await clock.advance(3);
    answer();
    await clock.advance(1_000);
    expect(await outcome(call as Promise<unknown>)).not.toHaveProperty('error');
    expect(client.epoch).toBe(2);
  });

  it('hands out what the same read brought behind the last answer [CL50]', async () => {
    const { answer, client, clock, server, subscribe } = await noticedWorld();
    const channel = await subscribe('fills');
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    client.request({ op: 'order' }).catch(() => {});
    await clock.advance(5);
    client.reconnect();
    await clock.advance(5);
    answer();
    server.publish('fills', 'the fill of that order');
    await clock.advance(1_000);
    expect(heard).toEqual(['the fill of that order']);
  });

  it.each(['reconnect', 'close'] as const)(
    'sends the cancel of the last call that is aborted: %s [HN12, DL16]',
    async (end) => {
      const { client, clock, sent } = await noticedWorld();
      const stop = new AbortController();
      client.request({ op: 'order' }, { signal: stop.signal }).catch(() => {});
      await clock.advance(5);
      if (end === 'reconnect') client.reconnect();
      else void client.close({ drain: true, deadline: 5_000 });
      await clock.advance(5);
      stop.abort();
      await clock.advance(100);
      expect(sent.map(({ op }) => op)).toEqual(['order', 'cancel']);
    },
  );

  it('does not give a paused link up [CL50, CL23]', async () => {
    const { answer, client, clock } = await noticedWorld();
    const call = client.request({ op: 'order' });
    await clock.advance(5);
    client.reconnect();
    client.pause();
    await clock.advance(1_500);
    client.resume();
    answer();
    await clock.advance(50);
    expect(await outcome(call)).not.toHaveProperty('error');
  });

  it('does not wait for an idempotent request that is not on the wire [CL50]', async () => {
    let isSlow = false;
    class Handler extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        return isSlow ? new Promise(() => {}) : text;
      }
    }
    const { client, clock, drop, server } = await connectedWorld({ handler: new Handler() });
    server.onSend = () => {};
    client.request({ op: 'balance' }, { retry: 'idempotent', timeout: 100_000 }).catch(() => {});
    await clock.advance(5);
    isSlow = true;
    await drop();
    await clock.advance(2_000);
    expect([client.state, server.connections[0]?.received]).toEqual(['ready', []]);
    client.reconnect();
    expect(client.state).toBe('reconnecting');
  });
});
