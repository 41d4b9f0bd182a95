import { JsonRpcHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { clientEvent, collect, connectClient, serve } from '../support/live.js';

describe('requests of the server', () => {
  it('are answered once, on the connection that asked, and settle no request of the client [CL36, HN28, JR7]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: new JsonRpcHandler({ numericIds: true }) });
    const ours = client.request({ method: 'slow' });
    await server.waitForMessage('slow');
    const asked = clientEvent(client, 'request');
    server.broadcast({ jsonrpc: '2.0', id: ours.requestId, method: 'test_request', params: { a: 1 } });
    const [request] = await asked;
    expect(request).toMatchObject({ id: ours.requestId, method: 'test_request', params: { a: 1 } });
    request.respond({ fine: true });
    request.respond('again');
    request.reject({ message: 'no' });
    const answer = await server.waitForMessage('fine');
    expect(JSON.parse(String(answer.data))).toEqual({ jsonrpc: '2.0', id: ours.requestId, result: { fine: true } });
    server.broadcast({ jsonrpc: '2.0', id: ours.requestId, result: 'ours' });
    expect(await ours).toBe('ours');
    expect(server.received).toHaveLength(2);
  });

  it('are refused without a listener; an answer after a reconnect is not sent [CL37, JR7]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    server.broadcast({ jsonrpc: '2.0', id: 'x', method: 'unknown_thing' });
    const refusal = await server.waitForMessage('"x"');
    expect(JSON.parse(String(refusal.data))).toMatchObject({ id: 'x', error: { code: -32601 } });
    const asked = clientEvent(client, 'request');
    server.broadcast({ jsonrpc: '2.0', id: 'y', method: 'late' });
    const [request] = await asked;
    server.dropAll();
    await clientEvent(client, 'reconnected');
    request.respond('too late');
    await client.sendJson(JsonRpcHandler.notification('marker'));
    await server.waitForMessage('marker');
    expect(server.received.some(({ data }) => String(data).includes('too late'))).toBe(false);
  });

  it('get their subscription ids mapped again on each connection, even for updates before the answer [JR8, JR9, HN6, S7]', async () => {
    const server = await serve({ exchange: false });
    let nextId = 0xa;
    const names: string[] = [];
    server.respondTo('eth_subscribe', (text) => {
      const name = `0x${(nextId++).toString(16)}`;
      names.push(name);
      const update = (n: number) => ({
        jsonrpc: '2.0',
        method: 'eth_subscription',
        params: { subscription: name, result: `${name} ${n}` },
      });
      return [update(1), { jsonrpc: '2.0', id: JSON.parse(text).id, result: name }, update(2)];
    });
    server.respondTo('eth_unsubscribe', (text) => ({ jsonrpc: '2.0', id: JSON.parse(text).id, result: true }));
    const handler = new JsonRpcHandler({
      subscribeMethod: 'eth_subscribe',
      unsubscribeMethod: 'eth_unsubscribe',
      notificationMethod: 'eth_subscription',
    });
    const client = await connectClient(server, { handler });
    const heads = await client.subscribe('newHeads');
    const got = collect(heads);
    expect(await got.until(2)).toEqual(['0xa 1', '0xa 2']);
    server.dropAll();
    expect(await got.until(4)).toEqual(['0xa 1', '0xa 2', '0xb 1', '0xb 2']);
    await heads.unsubscribe();
    const frame = await server.waitForMessage('eth_unsubscribe');
    expect(JSON.parse(String(frame.data)).params).toEqual(['0xb']);
    expect(names).toEqual(['0xa', '0xb']);
  });
});
