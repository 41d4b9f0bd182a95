import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { GenericJsonHandler, Message, MessageTooLargeError, type TransportError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  atEnd,
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  deferred,
  serve,
} from '../support/live.js';

describe('frames with several or late messages', () => {
  class Splitting extends GenericJsonHandler {
    override split(message: Message): Message[] | undefined {
      return message.text.startsWith('[')
        ? (message.json as unknown[]).map((part) => new Message(JSON.stringify(part)))
        : undefined;
    }
  }

  it('parts are delivered in order, each after the code that the part before it started [HN7, R7, S5]', async () => {
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

  it('binary frames that are decoded late keep their place in the order [HN8, S5, DL10]', async () => {
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

  it('too many frames behind a decode are an error and a reconnect [C9, HN8]', async () => {
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

describe('inbound frames', () => {
  it('an unknown or invalid frame is a message event and harms nothing [CL35, CL38, HN30, MS2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const frames = [
      '',
      ' ',
      'hello',
      '{',
      '[]',
      'null',
      '0',
      '"text"',
      '{"req_id":{}}',
      '{"topic":["a"]}',
      '{"op":"subscribe","success":true}',
      '{"op":"unsubscribe"}',
      '{"req_id":"__proto__"}',
      '{"topic":"constructor","data":1}',
      '{"topic":"__proto__"}',
      '\u0000\uffff',
      '['.repeat(50_000),
      `{"a":${'{"a":'.repeat(5_000)}1`,
    ];
    const heard: string[] = [];
    client.on('message', ({ text }) => heard.push(text));
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    for (const frame of frames) server.broadcast(frame);
    server.publish('a', 'still here');
    await got.until(1);
    await barrier(client);
    expect(heard).toEqual(frames);
    expect(errors).toEqual([]);
    expect(client.epoch).toBe(1);
  });

  it('a binary frame is read as UTF-8 text by default [MS1, HN8]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = channelEvent(channel, 'message');
    server.broadcast(new TextEncoder().encode('{"topic":"a","data":"✓"}'));
    const [data, { message }] = await got;
    expect(data).toBe('✓');
    expect(message.raw).toBeInstanceOf(Uint8Array);
    const heard = clientEvent(client, 'message');
    server.broadcast(new Uint8Array([0, 255, 254, 128]));
    expect((await heard)[0].raw).toEqual(new Uint8Array([0, 255, 254, 128]));
  });

  it('a frame above maxMessageSize leads to a MessageTooLargeError and a reconnect [ER6, ER2, CF13]', async () => {
    const server = await serve();
    const client = await connectClient(server, { config: { maxMessageSize: 1_000 } });
    const channel = await client.subscribe('a');
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    const resumed = channelEvent(channel, 'resumed');
    server.broadcast('x'.repeat(1_000));
    server.broadcast('x'.repeat(1_001));
    await resumed;
    expect(errors).toEqual([expect.any(MessageTooLargeError)]);
    expect(errors[0]).toMatchObject({ limit: 1_000 });
    expect(await server.waitForClose()).toMatchObject({ code: 1_009 });
  });

  it('maxMessageSize counts UTF-8 bytes, not characters [ER6, CF13]', async () => {
    const server = await serve();
    const client = await connectClient(server, { config: { maxMessageSize: 30 } });
    const heard = clientEvent(client, 'message');
    server.broadcast('✓'.repeat(10));
    expect((await heard)[0].text).toHaveLength(10);
    const failed = clientEvent(client, 'error');
    server.broadcast('✓'.repeat(11));
    expect((await failed)[0]).toBeInstanceOf(MessageTooLargeError);
  });

  it('text that is not UTF-8 leads to a reconnect [C7]', async () => {
    const odd = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(odd, 'listening');
    atEnd(() => {
      for (const socket of odd.clients) socket.terminate();
      odd.close();
    });
    odd.once('connection', (socket) => socket.send(Buffer.from([0x61, 0xff, 0xfe]), { binary: false }));
    const client = createClient({ url: `ws://127.0.0.1:${(odd.address() as AddressInfo).port}` });
    const lost = clientEvent(client, 'disconnected');
    const back = clientEvent(client, 'reconnected');
    void client.connect();
    expect((await lost)[0].code).toBe(1_007);
    await back;
  });
});
