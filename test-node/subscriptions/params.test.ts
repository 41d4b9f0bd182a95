import { runInNewContext } from 'node:vm';
import { GenericJsonHandler, SubscriptionFailedError } from 'hpx-transport-ws';
import { describe, expect, it, vi } from 'vitest';
import { barrier, clientEvent, collect, connectClient, framesOf, serve, topicsOf } from '../support/live.js';

describe('params of a subscription', () => {
  it('are copied at the call [CH7]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const params = { depth: 10 };
    const first = client.subscribe('a', { params });
    params.depth = 50;
    const got = collect(await first);
    server.dropAll();
    await clientEvent(client, 'ready');
    await barrier(client);
    expect(got.items).toEqual([]);
    expect(framesOf(server, 'subscribe').map(({ args }) => args)).toEqual([
      [{ topic: 'a', depth: 10 }],
      [{ topic: 'a', depth: 10 }],
    ]);
  });

  it.each([
    ['nested', () => ({ levels: [{ depth: 1 }], none: null }), '{"levels":[{"depth":1}],"none":null}'],
    ['of another realm', () => runInNewContext('({ levels: [{ depth: 1 }] })'), '{"levels":[{"depth":1}]}'],
    ['of a reactive store', () => new Proxy({ levels: new Proxy([1, 2], {}) }, {}), '{"levels":[1,2]}'],
    ['with values that write themselves', () => ({ at: new Date(0) }), '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('may be plain data %s, without structuredClone [CH7]', async (_, make, sent) => {
    vi.stubGlobal('structuredClone', undefined);
    const server = await serve();
    const client = await connectClient(server);
    await client.subscribe('a', { params: { inner: make() } });
    vi.unstubAllGlobals();
    expect(JSON.stringify((topicsOf(server)[0] as { inner: unknown }[])[0]?.inner)).toBe(sent);
  });

  it('must not hold a function [CH7, ER2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const call = client.subscribe('a', { params: { filter: () => true } });
    await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', message: expect.stringMatching(/plain data/) });
  });

  it('reach the handler [CH7, HN5]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await client.subscribe('book', { params: { depth: 50 } });
    expect(topicsOf(server)).toEqual([[{ depth: 50, topic: 'book' }]]);
  });

  it('are a typed error when they differ for the same subscription [CH7, ER2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const first = await client.subscribe('book', { params: { depth: 50 } });
    await expect(client.subscribe('book', { params: { depth: 10 } })).rejects.toMatchObject({
      code: 'SUBSCRIPTION_FAILED',
      topic: 'book',
    });
    await expect(client.subscribe('book')).rejects.toBeInstanceOf(SubscriptionFailedError);
    const second = await client.subscribe('book', { params: { depth: 50 } });
    expect([first.closed, second.closed]).toEqual([false, false]);
    expect(topicsOf(server)).toHaveLength(1);
  });

  it('make another subscription if canonicalTopic says so [CH7, HN5]', async () => {
    class DepthHandler extends GenericJsonHandler {
      override canonicalTopic(topic: string, params: unknown): string {
        return params ? `${topic}@${(params as { depth: number }).depth}` : topic;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new DepthHandler() });
    const [ten, fifty] = await Promise.all([
      client.subscribe('book', { params: { depth: 10 } }),
      client.subscribe('book', { params: { depth: 50 } }),
    ]);
    expect([ten.topic, fifty.topic]).toEqual(['book@10', 'book@50']);
    const got = collect(fifty);
    server.broadcast({ topic: 'book@50', data: 'deep' });
    expect(await got.until(1)).toEqual(['deep']);
  });

  it('may change when a topic is given up and subscribed in the same tick [CH7, S3]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const first = await client.subscribe('book', { params: { depth: 50 } });
    void first.unsubscribe();
    await client.subscribe('book', { params: { depth: 10 } });
    await barrier(client);
    expect(framesOf(server).map(({ op, args }) => [op, (args?.[0] as { depth?: number } | undefined)?.depth])).toEqual([
      ['subscribe', 50],
      ['unsubscribe', 50],
      ['subscribe', 10],
      ['barrier', undefined],
    ]);
  });
});
