import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, clientEvent, collect, connectClient, serve } from '../support/live.js';
import { type Numbers, publish, subscribed } from '../support/live-channel.js';

describe('a channel before its first listener', () => {
  it('holds updates unparsed and delivers them in order, before newer updates [S7, CH14, MS6]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 5);
    await barrier(client);
    const { parsed } = client.stats();
    expect(channel.buffered).toBe(5);
    const got = collect(channel);
    expect(got.items).toEqual([]);
    server.publish('t', 6);
    await got.until(6);
    expect(got.items).toEqual([1, 2, 3, 4, 5, 6]);
    expect(channel).toMatchObject({ buffered: 0, dropped: 0 });
    expect(client.stats().parsed).toBe(parsed + 6);
  });

  it('holds up to its capacity and counts every dropped update [S7, CH16]', async () => {
    const { server, client, channel } = await subscribed({ capacity: 3 });
    await publish(server, 10);
    await barrier(client);
    expect(channel).toMatchObject({ buffered: 3, dropped: 7 });
    expect(client.stats().dropped).toBe(7);
    const got = collect(channel);
    expect(await got.until(3)).toEqual([8, 9, 10]);
  });

  it('also holds updates that arrive before the confirmation [S7, CH14]', async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', (text) => [
      { topic: 't', data: 1 },
      { op: 'subscribe', req_id: JSON.parse(text).req_id, success: true },
      { topic: 't', data: 2 },
    ]);
    const client = await connectClient<Numbers>(server);
    const channel = await client.subscribe('t');
    const got = collect(channel);
    expect(await got.until(2)).toEqual([1, 2]);
  });

  it('stops delivering held updates when the listener is removed [CH14, S1]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    const items: number[] = [];
    channel.on('message', (data) => {
      items.push(data);
      if (data === 2) void channel.unsubscribe();
    });
    await barrier(client);
    expect(items).toEqual([1, 2]);
  });

  it('gives once() one update and keeps the rest for the next listener [CH14, CH15]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    const first = await new Promise((resolve) => channel.once('message', resolve));
    expect(first).toBe(1);
    const got = collect(channel);
    expect(await got.until(2)).toEqual([2, 3]);
  });

  it('does not parse frames without a reader [MS6]', async () => {
    const { server, client, channel } = await subscribed();
    const { parsed } = client.stats();
    const { parsed: each } = await barrier(client).then(() => client.stats());
    await publish(server, 20);
    await barrier(client);
    expect(client.stats().parsed).toBe(each + (each - parsed));
    await channel.unsubscribe();
  });
});

describe('channel listeners', () => {
  it('get nothing after unsubscribe() inside a listener, not even from the same chunk [S1]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const items: number[] = [];
    channel.on('message', (data) => {
      items.push(data);
      void channel.unsubscribe();
    });
    const got = collect(other);
    server.connections[0]?.send({ topic: 't', data: 1 }, { topic: 't', data: 2 }, { topic: 't', data: 3 });
    await got.until(3);
    expect(items).toEqual([1]);
    expect(got.items).toEqual([1, 2, 3]);
  });

  it('get nothing after an earlier listener of the same update unsubscribes [S1]', async () => {
    const { server, client, channel } = await subscribed();
    const calls: string[] = [];
    channel.on('message', () => {
      calls.push('first');
      void channel.unsubscribe();
    });
    channel.on('message', () => calls.push('second'));
    server.publish('t', 1);
    await barrier(client);
    expect(calls).toEqual(['first']);
  });

  it('may end another channel of the topic [S1, S6]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const calls: string[] = [];
    channel.on('message', () => {
      calls.push('channel');
      void other.unsubscribe();
    });
    other.on('message', () => calls.push('other'));
    await publish(server, 2);
    await barrier(client);
    expect(calls).toEqual(['channel', 'channel']);
  });

  it('are all called when one of them throws or rejects, and the error is reported [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    const other = await client.subscribe('t');
    const errors: string[] = [];
    channel.on('error', ({ code, message }) => errors.push(`${code} ${message}`));
    channel.on('message', () => {
      throw new Error('thrown');
    });
    channel.on('message', async () => {
      throw new Error('rejected');
    });
    const [got, others] = [collect(channel), collect(other)];
    await publish(server, 2);
    await barrier(client);
    expect([got.items, others.items]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(errors.filter((text) => text.includes('thrown'))).toHaveLength(2);
    expect(errors.filter((text) => text.includes('rejected'))).toHaveLength(2);
    expect(errors.every((text) => text.startsWith('PROTOCOL_ERROR'))).toBe(true);
  });

  it('that throw are reported on the client when the channel has no error listener [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    channel.on('message', () => {
      throw new Error('thrown');
    });
    const heard = clientEvent(client, 'error');
    server.publish('t', 1);
    expect((await heard)[0].message).toContain('thrown');
  });

  it('are not called after they are removed during the same emit [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    const calls: string[] = [];
    const second = () => void calls.push('second');
    channel.on('message', () => {
      calls.push('first');
      channel.off('message', second);
    });
    channel.on('message', second);
    channel.on('message', () => void calls.push('third'));
    server.publish('t', 1);
    await barrier(client);
    expect(calls).toEqual(['first', 'third']);
  });

  it('get every update when the key function of another channel throws [S6]', async () => {
    const { server, client } = await subscribed();
    const broken = await client.subscribe('t', {
      overflow: 'latest',
      key: () => {
        throw new Error('no key');
      },
    });
    const fine = await client.subscribe('t');
    const errors: string[] = [];
    client.on('error', ({ message }) => errors.push(message));
    broken.on('error', ({ message }) => errors.push(message));
    broken.on('message', () => {});
    const got = collect(fine);
    server.publish('t', 1);
    await barrier(client);
    expect(got.items).toEqual([1]);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('get the message that an update comes from [CH2, MS1]', async () => {
    const { server, channel } = await subscribed();
    const got = channelEvent(channel, 'message');
    server.publish('t', 7);
    const [, update] = await got;
    const message: Message = update.message;
    expect(message.raw).toBe('{"topic":"t","data":7}');
    expect(update.sequence).toBeUndefined();
  });
});
