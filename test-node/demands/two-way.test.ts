import { describe, expect, it } from 'vitest';
import { EthereumHandler } from '../handlers/venues/ethereum.js';
import { GraphqlHandler } from '../handlers/venues/graphql.js';
import { channelEvent, clientEvent, collect, connectClient, createClient } from '../support/live.js';
import { sent, sentUntil, venue } from './venue.js';

interface Operation {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly query: string; readonly variables?: object };
}
const ack = ({ type }: Operation) => (type === 'connection_init' ? { type: 'connection_ack' } : undefined);
const TICKS = 'subscription { ticks }';

describe('13: two-way traffic', () => {
  it('a request of the server with the id of a client request is answered (JSON-RPC peers) [CL36, HN28, JR7]', async () => {
    const server = await venue<{ id: string; method?: string; result?: unknown }>(({ id, method, result }) => {
      if (method === 'work') return { jsonrpc: '2.0', id, method: 'client/approve', params: { n: 5 } };
      return result === undefined ? undefined : { jsonrpc: '2.0', id, result: { approved: result } };
    });
    const client = await connectClient(server, { handler: new EthereumHandler() });
    client.on('request', ({ method, params, respond }) => respond({ method, params }));
    expect(await client.request({ method: 'work' })).toEqual({
      approved: { method: 'client/approve', params: { n: 5 } },
    });
  });

  it('a refusal or a late answer leaves only on the connection of the request [CL36]', async () => {
    const server = await venue();
    const client = await connectClient(server, { handler: new EthereumHandler() });
    const ask = (id: number) => server.broadcast({ jsonrpc: '2.0', id, method: 'roots/list' });
    const first = clientEvent(client, 'request');
    ask(1);
    const [early] = await first;
    early.reject({ code: -32_000, message: 'not now' });
    early.respond('too late');
    await sentUntil(server, 1);
    const second = clientEvent(client, 'request');
    ask(2);
    const [late] = await second;
    const ready = clientEvent(client, 'reconnected');
    server.dropAll();
    await ready;
    late.respond('to nobody');
    await client.sendJson({ jsonrpc: '2.0', method: 'end' });
    expect(await sentUntil(server, 2)).toEqual([
      { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'not now' } },
      { jsonrpc: '2.0', method: 'end' },
    ]);
  });

  it('a request of the server without a listener is refused [CL37]', async () => {
    const server = await venue();
    await connectClient(server, { handler: new EthereumHandler() });
    server.broadcast({ jsonrpc: '2.0', id: 7, method: 'roots/list' });
    expect(await sentUntil(server, 1)).toMatchObject([{ id: 7, error: { code: -32_601 } }]);
  });

  it('a cancel leaves for a request that is aborted after the write, not before it (GraphQL) [HN12, ER4, R6]', async () => {
    const server = await venue<Operation>(ack);
    const client = createClient(server, { handler: new GraphqlHandler() });
    const [unsent, written] = [new AbortController(), new AbortController()];
    const never = client.request({ query: '{ a }' }, { signal: unsent.signal });
    unsent.abort(new Error('changed my mind'));
    await expect(never).rejects.toThrow('changed my mind');
    await client.connect();
    const call = client.request({ query: '{ b }' }, { signal: written.signal });
    await sentUntil(server, 2);
    written.abort(new Error('too slow'));
    await expect(call).rejects.toThrow('too slow');
    expect([never.delivery, call.delivery]).toEqual(['unsent', 'unknown']);
    expect(await sentUntil(server, 3)).toEqual([
      { type: 'connection_init' },
      { id: call.requestId, type: 'subscribe', payload: { query: '{ b }' } },
      { id: call.requestId, type: 'complete' },
    ]);
  });

  it('a stream has the id of the request that opened it, and a new id after a reconnect (GraphQL) [HN6, S3]', async () => {
    const server = await venue<Operation>(ack);
    const client = await connectClient(server, { handler: new GraphqlHandler() });
    const ticks = await client.subscribe(TICKS);
    const updates = collect(ticks);
    const next = (id: string | undefined, n: number) =>
      server.broadcast({ id, type: 'next', payload: { data: { ticks: n } } });
    const [, first] = await sentUntil<Operation>(server, 2);
    next(first?.id, 1);
    await updates.until(1);
    const resumed = channelEvent(ticks, 'resumed');
    server.dropAll();
    await resumed;
    const [, , , second] = await sentUntil<Operation>(server, 4);
    expect(second).toMatchObject({ type: 'subscribe', payload: { query: TICKS } });
    expect(second?.id).not.toBe(first?.id);
    next(first?.id, 99);
    next(second?.id, 2);
    expect(await updates.until(2)).toEqual([{ ticks: 1 }, { ticks: 2 }]);
    await ticks.unsubscribe();
    expect((await sentUntil(server, 5))[4]).toEqual({ id: second?.id, type: 'complete' });
  });

  it('a stream that the server ends closes its channel, with the error if there is one (GraphQL) [HN4]', async () => {
    const server = await venue<Operation>(ack);
    const client = await connectClient(server, { handler: new GraphqlHandler() });
    const [good, bad] = await client.subscribeMany([TICKS, 'subscription { nope }']);
    if (!good || !bad) throw new Error('both were written');
    const ids = (await sentUntil<Operation>(server, 3)).map(({ id }) => id);
    const [error, closed] = [channelEvent(bad, 'error'), channelEvent(bad, 'close')];
    server.broadcast({ id: ids[2], type: 'error', payload: [{ message: 'Cannot query field "nope"' }] });
    expect((await error)[0].message).toContain('Cannot query field "nope"');
    await closed;
    const ended = channelEvent(good, 'close');
    server.broadcast({ id: ids[1], type: 'complete' });
    await ended;
    expect(client.stats().subscriptions).toBe(0);
    expect(sent(server)).toHaveLength(3);
  });
});
