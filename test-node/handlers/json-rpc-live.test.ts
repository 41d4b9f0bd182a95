import { JsonRpcHandler, RequestRejectedError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { sent, venue } from '../demands/venue.js';
import { clientEvent, connectClient } from '../support/live.js';

interface Call {
  readonly id: number;
  readonly method: string;
}

const answer = ({ id, method }: Call) =>
  method === 'nope'
    ? { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found', data: { method } } }
    : { jsonrpc: '2.0', id, result: method };

describe('JsonRpcHandler on a live client', () => {
  it('writes a call with version and id, and resolves to its result [JR1]', async () => {
    const server = await venue<Call>(answer);
    const client = await connectClient(server, { handler: new JsonRpcHandler({ numericIds: true }) });
    expect(await client.request({ method: 'subtract', params: [42, 23] })).toBe('subtract');
    expect(sent(server)).toEqual([{ jsonrpc: '2.0', method: 'subtract', params: [42, 23], id: 1 }]);
  });

  it('rejects on an error answer with its code, message and data [JR2]', async () => {
    const server = await venue<Call>(answer);
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    const call = client.request({ method: 'nope' });
    await expect(call).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(call).rejects.toMatchObject({
      serverCode: -32_601,
      message: 'Method not found',
      data: { method: 'nope' },
    });
  });

  it('sends a batch as one frame and resolves it in the order of the calls [JR3]', async () => {
    const server = await venue<Call[]>((calls) => [calls.map(answer).reverse()]);
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    const batch = ['first', 'nope', 'third'].map((method) => ({ method }));
    expect(await client.request(batch)).toEqual([
      { result: 'first' },
      { error: { code: -32_601, message: 'Method not found', data: { method: 'nope' } } },
      { result: 'third' },
    ]);
    expect(sent(server)).toHaveLength(1);
  });

  it('sends a notification without an id; an error with a null id is a message event [JR4, JR6]', async () => {
    const server = await venue<Call>((call) =>
      call.id === undefined
        ? { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'Invalid Request' } }
        : answer(call),
    );
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    const messages: string[] = [];
    client.on('message', ({ text }) => messages.push(text));
    await client.sendJson(JsonRpcHandler.notification('update', [1]));
    expect(await client.request({ method: 'ok' })).toBe('ok');
    expect(messages).toEqual(['{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request"}}']);
    expect(sent(server)[0]).toEqual({ jsonrpc: '2.0', method: 'update', params: [1] });
  });

  it('matches an answer whose id is the sent number as text, or the other way round [JR5, HN34]', async () => {
    const server = await venue<Call>(({ id }) => ({ jsonrpc: '2.0', id: String(id), result: typeof id }));
    const client = await connectClient(server, { handler: new JsonRpcHandler({ numericIds: true }) });
    expect(await client.request({ method: 'a' })).toBe('number');
  });

  it('does not match it if the client used the id in that form, too [JR5, HN34, R2]', async () => {
    const server = await venue<Call>(({ id, method }) => (method === 'mute' ? undefined : { id, result: 'mine' }));
    const client = await connectClient(server, { handler: new JsonRpcHandler({ numericIds: true }) });
    const raw = await client.requestRaw('{"jsonrpc":"2.0","id":"2","method":"raw"}', { requestId: '2' });
    expect(raw.field('result')).toBe('mine');
    const [first, second] = [client.request({ method: 'mute' }), client.request({ method: 'mute' })];
    expect([first.requestId, second.requestId]).toEqual([1, 2]);
    await client.send('{}');
    const late = clientEvent(client, 'message');
    server.broadcast({ jsonrpc: '2.0', id: '2', result: 'late' });
    server.broadcast({ jsonrpc: '2.0', id: '1', result: 'mine' });
    expect((await late)[0].field('result')).toBe('late');
    expect(await first).toBe('mine');
    expect(second.delivery).toBe('unknown');
  });

  it('puts topics with different methods into different calls of several topics [JR8]', async () => {
    const server = await venue<{ id: number; params: string[] }>(({ id, params }) => ({ id, result: params }));
    const kindOf = (topic: string) => (topic.startsWith('user.') ? 'private' : 'public');
    const handler = new JsonRpcHandler({
      subscribeMethod: (topic) => `${kindOf(topic)}/subscribe`,
      unsubscribeMethod: (topic) => `${kindOf(topic)}/unsubscribe`,
      topicsPerFrame: 10,
    });
    const client = await connectClient(server, { handler });
    const channels = await client.subscribeMany(['book', 'user.orders', 'ticker', 'user.trades']);
    await Promise.all(channels.map((channel) => channel.unsubscribe()));
    expect(await client.request({ method: 'ok', params: [] })).toEqual([]);
    expect(sent<{ method: string; params: string[] }>(server).map(({ method, params }) => [method, params])).toEqual([
      ['public/subscribe', ['book', 'ticker']],
      ['private/subscribe', ['user.orders', 'user.trades']],
      ['public/unsubscribe', ['book', 'ticker']],
      ['private/unsubscribe', ['user.orders', 'user.trades']],
      ['ok', []],
    ]);
  });
});
