import {
  type ExchangeHandler,
  fromExchangeHandler,
  GenericJsonHandler,
  type KeepAlive,
  Message,
  type TraceEntry,
  type Warning,
  WebSocketClient,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { atEnd, barrier, clientEvent, collect, connectClient, createClient, deferred, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

/** The old interface, for a server that speaks of channels. */
const old: ExchangeHandler = {
  getTopic: (text) => (JSON.parse(text) as { channel?: string }).channel,
  buildSubscribe: (topic) => JSON.stringify({ sub: topic }),
  buildUnsubscribe: (topic) => JSON.stringify({ unsub: topic }),
};

describe('an ExchangeHandler on a live client', () => {
  it('subscribes on the write, and its updates reach the channels of their topic [EX1, CH8, S3]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: fromExchangeHandler(old) });
    const [trades, book] = await Promise.all([client.subscribe('trades'), client.subscribe('book')]);
    const got = [collect(trades), collect(book)];
    const other = clientEvent(client, 'message');
    server.broadcast({ channel: 'trades', price: 1 });
    server.broadcast({ channel: 'book', bid: 2 });
    server.broadcast({ event: 'welcome' });
    expect(await got[0]?.until(1)).toEqual([{ channel: 'trades', price: 1 }]);
    expect(await got[1]?.until(1)).toEqual([{ channel: 'book', bid: 2 }]);
    expect((await other)[0].json).toEqual({ event: 'welcome' });
    await trades.unsubscribe();
    await server.waitForMessage('unsub');
    const from = server.received.length;
    server.dropAll();
    await server.waitForMessage('"sub"', { from });
    await client.sendJson({ end: true });
    await server.waitForMessage('end');
    expect(server.received.map(({ data }) => data)).toEqual([
      '{"sub":"trades"}',
      '{"sub":"book"}',
      '{"unsub":"trades"}',
      '{"sub":"book"}',
      '{"end":true}',
    ]);
    await expect(client.request({ op: 'order' })).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
  });

  it('onConnect, an asynchronous decodeBinary and processMessage work where they are there [EX2, HN8, S5]', async () => {
    const server = await serve({ exchange: false });
    const handler = fromExchangeHandler({
      ...old,
      onConnect: () => Promise.resolve(JSON.stringify({ login: 1 })),
      decodeBinary: async (data) => (data.length === 0 ? null : new TextDecoder().decode(data.toReversed())),
      processMessage: (text) => {
        if (text.includes('secret')) return null;
        if (text.includes('renamed')) return ['trades', text.toUpperCase()];
        return text.includes('wrapped') ? JSON.stringify({ channel: 'trades', unwrapped: true }) : undefined;
      },
    });
    const client = await connectClient(server, { handler });
    expect((await server.waitForMessage()).data).toBe('{"login":1}');
    const channel = await client.subscribe('trades');
    const texts: string[] = [];
    const heard = new Promise<void>((resolve) => {
      channel.on('message', (_data, { message }) => {
        texts.push(message.text);
        if (texts.length === 4) resolve();
      });
    });
    server.broadcast(new TextEncoder().encode('{"channel":"trades","n":1}').toReversed());
    server.broadcast('{"channel":"trades","secret":1}');
    server.broadcast('{"renamed":1}');
    server.broadcast('{"wrapped":1}');
    server.broadcast('{"channel":"trades","n":2}');
    await heard;
    expect(texts).toEqual([
      '{"channel":"trades","n":1}',
      '{"RENAMED":1}',
      '{"channel":"trades","unwrapped":true}',
      '{"channel":"trades","n":2}',
    ]);
  });

  it('warns once, whoever listens, over any number of connects [EX3]', async () => {
    const server = await serve({ exchange: false });
    const client = createClient(server, { handler: fromExchangeHandler(old) });
    const warnings: Warning[] = [];
    client.on('warning', (warning) => warnings.push(warning));
    client.on('warning', () => {});
    await client.connect();
    await client.connect();
    server.dropAll();
    await clientEvent(client, 'reconnected');
    client.on('warning', () => {});
    await client.send('end');
    expect(warnings).toEqual([{ code: 'deprecated-handler', message: expect.stringContaining('ProtocolHandler') }]);
  });

  it('keeps the warning for code that had no listener yet, as after a static connect [EX3, CL3]', async () => {
    const server = await serve({ exchange: false });
    const client = await WebSocketClient.connect({ url: server.url }, fromExchangeHandler(old));
    atEnd(() => client.close());
    expect(client.lastWarning).toMatchObject({ code: 'deprecated-handler' });
  });

  it('a handler of today warns of nothing [EX3]', async () => {
    const server = await serve();
    const client = createClient(server);
    const warnings: Warning[] = [];
    client.on('warning', (warning) => warnings.push(warning));
    await client.connect();
    await barrier(client);
    expect(warnings).toEqual([]);
  });
});

describe('frames that are not one message', () => {
  class Splitting extends GenericJsonHandler {
    override split(message: Message): Message[] | undefined {
      return message.text.startsWith('[')
        ? (message.json as unknown[]).map((part) => new Message(JSON.stringify(part)))
        : undefined;
    }
  }

  it('parts are handed out in order, each behind the code that the one before it set off [HN7, R7, S5]', async () => {
    const server = await serve();
    const client = await connectClient<{ a: number }>(server, { handler: new Splitting() as never });
    const channel = await client.subscribe('a');
    const order: unknown[] = [];
    channel.on('message', (data) => order.push(data));
    server.respondTo('"op":"ask"', (text) =>
      [
        [
          { topic: 'a', data: 1 },
          { req_id: JSON.parse(text).req_id, data: 'answer' },
          { topic: 'a', data: 2 },
        ],
        { topic: 'a', data: 3 },
      ].map((frame) => JSON.stringify(frame)),
    );
    expect(await client.request({ op: 'ask' })).toBe('answer');
    order.push('behind');
    await barrier(client);
    expect(order).toEqual([1, 'behind', 2, 3]);
  });

  it('binary frames that are decoded late keep their place among the others [HN8, S5, DL10]', async () => {
    const gates = [deferred<string>(), deferred<string>()];
    class Late extends GenericJsonHandler {
      override decodeBinary(data: Uint8Array): Promise<string> {
        return (gates[data[0] as number] as (typeof gates)[0]).promise;
      }
    }
    const server = await serve();
    const client = await connectClient<{ a: number }>(server, { handler: new Late() as never });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    server.publish('a', 0);
    server.broadcast(new Uint8Array([0]));
    server.publish('a', 2);
    server.broadcast(new Uint8Array([1]));
    const call = client.request({ op: 'order' });
    gates[1]?.resolve('{"topic":"a","data":3}');
    expect(await got.until(1)).toEqual([0]);
    gates[0]?.resolve('{"topic":"a","data":1}');
    expect(await call).toEqual({ op: 'order' });
    expect(got.items).toEqual([0, 1, 2, 3]);
  });

  it('more frames than may wait for a decode are an error and a reconnect, and the client goes on [C9, HN8]', async () => {
    class Stuck extends GenericJsonHandler {
      override decodeBinary(): Promise<string> {
        return new Promise(() => {});
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Stuck() });
    const failed = clientEvent(client, 'error');
    const back = clientEvent(client, 'reconnected');
    server.broadcast(new Uint8Array([0]));
    for (let n = 0; n < 1_025; n++) server.broadcast({ n });
    expect((await failed)[0]).toMatchObject({ code: 'CAPACITY_EXCEEDED', capacity: 1_024 });
    await back;
    await barrier(client);
  });
});

describe('stats()', () => {
  it('is plain data that counts what happened [CL28]', async () => {
    const server = await serve();
    const client = createClient(server);
    const zero = { received: 0, parsed: 0, sent: 0, dropped: 0, reconnects: 0, pendingRequests: 0, waitingCalls: 0 };
    expect(client.stats()).toEqual({
      ...zero,
      state: 'disconnected',
      epoch: 0,
      subscriptions: 0,
      roundTrip: undefined,
    });
    const calls = [client.request({ op: 'x' }), client.send('note')];
    expect(client.stats()).toMatchObject({ ...zero, pendingRequests: 1, waitingCalls: 2 });
    await client.connect();
    await Promise.all(calls);
    expect(client.stats()).toMatchObject({ ...zero, state: 'ready', epoch: 1, sent: 2, received: 1, parsed: 1 });
    const [channel] = await Promise.all([client.subscribe('a', { capacity: 1 }), client.subscribe('a')]);
    expect(client.stats()).toMatchObject({ sent: 3, subscriptions: 1 });
    for (let n = 0; n < 3; n++) server.publish('a', n);
    await barrier(client);
    expect(client.stats()).toMatchObject({ dropped: 2, received: 6, sent: 4 });
    await channel.unsubscribe();
    const back = clientEvent(client, 'reconnected');
    server.dropAll();
    await back;
    expect(client.stats()).toMatchObject({ epoch: 2, reconnects: 1, subscriptions: 1 });
    expect(JSON.parse(JSON.stringify(client.stats()))).toMatchObject({ epoch: 2 });
    await client.close();
    expect(client.stats()).toMatchObject({ state: 'closed', subscriptions: 0, pendingRequests: 0 });
  });
});

describe('trace()', () => {
  it('tells transitions, frames and effects in order, with secrets masked, until it is stopped [CL29, CL30]', async () => {
    class Chatty extends LoginHandler {
      override readonly keepAlive: KeepAlive = { interval: 60_000, when: 'always', expectReply: true };
      override buildAuthMessage(): string {
        return '{"op":"auth","apiKey":"K-1","signature":"S-1","nested":{"passphrase":"P\\"1"}}';
      }
    }
    const server = await serve({ authentication: { success: { op: 'auth', success: true, token: 'T-1' } } });
    const client = createClient(server, {
      handler: new Chatty(),
      config: { url: `${server.url}/stream?listenKey=L-1` },
    });
    const entries: TraceEntry[] = [];
    const others: TraceEntry[] = [];
    const stop = client.trace((entry) => entries.push(entry));
    const stopOther = client.trace((entry) => others.push(entry));
    client.trace(() => {
      throw new Error('a sink that fails');
    });
    await client.connect();
    await client.send(new Uint8Array([1, 2, 3]));
    await barrier(client);
    stopOther();
    stopOther();
    server.dropAll();
    await clientEvent(client, 'reconnected');
    stop();
    await client.close();
    const steps = entries.flatMap((entry) => (entry.type === 'transition' ? [`${entry.from} ${entry.event}`] : []));
    expect(steps).toEqual([
      'disconnected connect',
      'connecting opened',
      'connected challenged',
      'authenticating established',
      'ready lost',
      'reconnecting retry',
      'connecting opened',
      'connected challenged',
      'authenticating established',
    ]);
    const frames = entries.flatMap((entry) => (entry.type === 'frame' ? [`${entry.direction} ${entry.text}`] : []));
    expect(frames.slice(0, 3)).toEqual([
      'out {"op":"auth","apiKey":"***","signature":"***","nested":{"passphrase":"***"}}',
      'in {"op":"auth","success":true,"token":"***"}',
      'out <3 bytes>',
    ]);
    const all = JSON.stringify(entries);
    for (const secret of ['K-1', 'S-1', 'P\\', 'T-1', 'L-1']) expect(all).not.toContain(secret);
    expect(entries.some((entry) => entry.type === 'effect' && entry.effect === 'dial')).toBe(true);
    expect(entries.every(({ time }) => Math.abs(time - Date.now()) < 3_600_000)).toBe(true);
    expect(others.length).toBeGreaterThan(0);
    expect(others.length).toBeLessThan(entries.length);
    expect(entries.slice(0, others.length)).toEqual(others);
  });
});
