import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { virtualWorld } from '../support/virtual-world.js';

describe('the order of inbound frames', () => {
  it('the code after an await runs before the next frame of the same chunk [R7, DL10]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"ask"', (text) => [
      { req_id: JSON.parse(text).req_id, data: 'answer' },
      { hello: 'behind' },
    ]);
    const order: string[] = [];
    client.on('message', () => order.push('next frame'));
    const next = clientEvent(client, 'message');
    const answer = await client.request({ op: 'ask' });
    order.push('code behind await');
    expect(answer).toBe('answer');
    await next;
    expect(order).toEqual(['code behind await', 'next frame']);
  });

  it('the code after subscribe() runs before the next frame, even if it is the first update [R7, DL10, S7]', async () => {
    const server = await serve();
    const client = await connectClient<{ trades: number }>(server);
    server.respondTo('"op":"subscribe"', (text) => [
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { topic: 'trades', data: 1 },
      { hello: 'behind' },
      { topic: 'trades', data: 2 },
    ]);
    const order: unknown[] = [];
    client.on('message', () => order.push('message'));
    const channel = await client.subscribe('trades');
    channel.on('message', (data) => order.push(data));
    order.push('subscribed');
    await barrier(client);
    expect(order).toEqual(['subscribed', 1, 'message', 2]);
  });

  it('the code after subscribeMany() runs before the next frame [R7, DL10]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('"op":"subscribe"', (text) => [
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { hello: 'behind' },
    ]);
    const order: string[] = [];
    client.on('message', () => order.push('next frame'));
    const next = clientEvent(client, 'message');
    await client.subscribeMany(['a', 'b']);
    order.push('code behind await');
    await next;
    expect(order).toEqual(['code behind await', 'next frame']);
  });

  it('the code after requestRaw(), authenticate(), connect() and for await runs before the next frame [R7, DL10]', async () => {
    const server = await serve({ authentication: {} });
    const behind = { hello: 'behind' };
    server.respondTo('"op":"auth"', (_text, connection) => {
      connection.authenticated = true;
      return [{ op: 'auth', success: true }, behind];
    });
    server.respondTo('raw', [{ req_id: 'raw', data: 1 }, behind]);
    const client = createClient<{ ticks: number }>(server, { handler: new LoginHandler() as never });
    const order: string[] = [];
    client.on('message', () => order.push('frame'));
    const step = async (name: string, promise: () => Promise<unknown>) => {
      const next = clientEvent(client, 'message');
      await promise();
      order.push(name);
      await next;
    };
    await step('connect', () => client.connect());
    await step('authenticate', () => client.authenticate());
    await step('requestRaw', () => client.requestRaw('{"req_id":"raw"}'));
    const channel = await client.subscribe('ticks');
    const loop = channel[Symbol.asyncIterator]();
    await step('next', async () => {
      const value = loop.next();
      server.connections[0]?.send({ topic: 'ticks', data: 1 }, behind);
      await value;
    });
    expect(order).toEqual(['connect', 'frame', 'authenticate', 'frame', 'requestRaw', 'frame', 'next', 'frame']);
  });

  it('frames are delivered in wire order, with or without promises [R7]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const order: string[] = [];
    client.on('message', (message) => order.push(String(message.field('n'))));
    server.respondTo('"op":"ask"', (text) => {
      const { req_id, n } = JSON.parse(text);
      return [{ n: `before ${n}` }, { req_id, data: n }, { n: `after ${n}` }];
    });
    await Promise.all([1, 2, 3].map((n) => client.request({ op: 'ask', n }).then(() => order.push(`answer ${n}`))));
    await barrier(client);
    expect(order).toEqual([1, 2, 3].flatMap((n) => [`before ${n}`, `answer ${n}`, `after ${n}`]));
  });

  it('the code after every kind of await runs before the next frame in virtual time [DL10]', async () => {
    const waits: Record<string, (world: ReturnType<typeof virtualWorld>) => Promise<unknown>> = {
      request: ({ client }) => client.request({ op: 'x' }),
      requestRaw: ({ client }) => client.requestRaw('{"req_id":"r1"}'),
      subscribe: ({ client }) => client.subscribe('a'),
      subscribeMany: ({ client }) => client.subscribeMany(['a']),
      'subscribeMany, partial': ({ client }) => client.subscribeMany(['a'], { partial: true }),
      authenticate: ({ client }) => client.authenticate(),
    };
    for (const [name, wait] of Object.entries(waits)) {
      const world = virtualWorld({ server: { key: 'secret' }, handler: new LoginHandler() });
      await world.connect();
      const order: string[] = [];
      world.client.on('message', (message) => order.push(message.text));
      const { peer } = world;
      const answer = peer.onMessage;
      peer.onMessage = (data) => {
        answer(data);
        peer.send('next frame');
      };
      const waiting = (async () => {
        await wait(world);
        order.push('code');
      })();
      await world.clock.advance(10);
      await waiting;
      expect(order, name).toEqual(['code', 'next frame']);
    }
  });
});
