import type { Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, clientEvent, collect, connectClient, serve } from '../support/live.js';
import { type Numbers, publish, subscribed } from '../support/live-channel.js';

describe('until the first listener', () => {
  it('updates are held unparsed, and handed over in order before newer ones [S7, CH14, MS6]', async () => {
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

  it('up to the capacity; every loss is counted [S7, CH16]', async () => {
    const { server, client, channel } = await subscribed({ capacity: 3 });
    await publish(server, 10);
    await barrier(client);
    expect(channel).toMatchObject({ buffered: 3, dropped: 7 });
    expect(client.stats().dropped).toBe(7);
    const got = collect(channel);
    expect(await got.until(3)).toEqual([8, 9, 10]);
  });

  it('what comes between the subscribe frame and the confirmation is kept as well [S7, CH14]', async () => {
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

  it('a first listener that leaves while it is handed what was held gets nothing more [CH14, S1]', async () => {
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

  it('once takes one; the rest waits for the next listener [CH14, CH15]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    const first = await new Promise((resolve) => channel.once('message', resolve));
    expect(first).toBe(1);
    const got = collect(channel);
    expect(await got.until(2)).toEqual([2, 3]);
  });

  it('frames that nobody reads are not parsed [MS6]', async () => {
    const { server, client, channel } = await subscribed();
    const { parsed } = client.stats();
    const { parsed: each } = await barrier(client).then(() => client.stats());
    await publish(server, 20);
    await barrier(client);
    expect(client.stats().parsed).toBe(each + (each - parsed));
    await channel.unsubscribe();
  });
});

describe('listeners', () => {
  it('after unsubscribe inside a listener nothing more is delivered, not even of the same chunk [S1]', async () => {
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

  it('not even to the next listener of the same update [S1]', async () => {
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

  it('a listener may end another channel of the topic [S1, S6]', async () => {
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

  it('one that throws or rejects is reported, and stops nobody [S6, CL38]', async () => {
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

  it('without an error listener on the channel the client hears of it [S6, CL38]', async () => {
    const { server, client, channel } = await subscribed();
    channel.on('message', () => {
      throw new Error('thrown');
    });
    const heard = clientEvent(client, 'error');
    server.publish('t', 1);
    expect((await heard)[0].message).toContain('thrown');
  });

  it('a listener that was removed during an emit is not called any more [S6, CL38]', async () => {
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

  it('a key function that throws harms no other channel of the topic [S6]', async () => {
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

  it('the update tells where it comes from [CH2, MS1]', async () => {
    const { server, channel } = await subscribed();
    const got = channelEvent(channel, 'message');
    server.publish('t', 7);
    const [, update] = await got;
    const message: Message = update.message;
    expect(message.raw).toBe('{"topic":"t","data":7}');
    expect(update.sequence).toBeUndefined();
  });
});
