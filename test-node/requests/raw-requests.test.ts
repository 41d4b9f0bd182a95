import { GenericJsonHandler, ProtocolError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, connectClient, framesOf, outcomeOf, serve } from '../support/live.js';

describe('requestRaw()', () => {
  it('sends a message unchanged even if the handler signs requests [CL13]', async () => {
    class Signing extends GenericJsonHandler {
      override prepareRequest(text: string): string {
        return text.replace('}', ',"signed":true}');
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Signing() });
    await Promise.all([client.request({ op: 'signed' }), client.requestRaw('{"op":"raw","req_id":"r"}')]);
    expect(framesOf(server, 'signed')[0]).toHaveProperty('signed', true);
    expect(framesOf(server, 'raw')[0]).toEqual({ op: 'raw', req_id: 'r' });
  });

  it('keeps the id of the application apart from generated ids [R2]', async () => {
    class Counting extends GenericJsonHandler {
      #last = 0;
      override generateRequestId(): number {
        return ++this.#last;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Counting() });
    await Promise.all([client.requestRaw('{"op":"raw","req_id":1}')]);
    const call = client.request({ op: 'next' });
    expect(call.requestId).toBe(2);
    await Promise.all([call]);
    server.respondTo('"op":"subscribe"', []);
    void client.subscribe('t').catch(() => {});
    await server.waitForMessage('"op":"subscribe"');
    expect(await outcomeOf(client.requestRaw('{"op":"raw","req_id":3}'))).toMatchObject({
      error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' },
    });
  });

  it('sends a text unchanged and resolves to any answer frame [CL13, DL11]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('raw-1', { req_id: 'raw-1', success: false, error: 'no' });
    server.respondTo('raw-2', { req_id: 'raw-2', fine: true });
    const text = '{ "req_id" : "raw-1",  "spaced": true }';
    const refusal = await client.requestRaw(text);
    expect(refusal.json).toEqual({ req_id: 'raw-1', success: false, error: 'no' });
    const answer = await client.requestRaw('free text raw-2', { requestId: 'raw-2' });
    expect(answer.field('req_id')).toBe('raw-2');
    expect(server.received.map(({ data }) => data)).toEqual([text, 'free text raw-2']);
  });

  it('accepts bytes [CL13, DL11]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.onBinary((connection) => connection.send({ req_id: 7, data: 'bytes' }));
    const bytes = new TextEncoder().encode('{"req_id":7}');
    const call = client.requestRaw(bytes);
    bytes.fill(0);
    expect(call.requestId).toBe(7);
    expect((await call).json).toEqual({ req_id: 7, data: 'bytes' });
    expect(new TextDecoder().decode(server.received[0]?.data as Uint8Array)).toBe('{"req_id":7}');
  });

  it('refuses a message without an id and an id that is pending [DL11, DL12]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('x-1', []);
    await expect(client.requestRaw('no id')).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    const first = client.requestRaw('{"req_id":"x-1"}');
    await expect(client.requestRaw('{"req_id":"x-1","again":true}')).rejects.toBeInstanceOf(ProtocolError);
    await barrier(client);
    expect(framesOf(server).filter(({ req_id }) => req_id === 'x-1')).toEqual([{ req_id: 'x-1' }]);
    server.broadcast({ req_id: 'x-1', data: 1 });
    expect((await first).field('data')).toBe(1);
  });

  it('refuses the id of a request that was given up [DL12, R2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    server.respondTo('x-1', []);
    const controller = new AbortController();
    const first = client.requestRaw('{"req_id":"x-1"}', { signal: controller.signal });
    await barrier(client);
    controller.abort(new Error('changed my mind'));
    await expect(first).rejects.toThrow('changed my mind');
    const second = client.requestRaw('{"req_id":"x-1","again":true}');
    await expect(second).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    server.broadcast({ req_id: 'x-1', data: 'of the first' });
    await barrier(client);
    expect(framesOf(server).filter(({ req_id }) => req_id === 'x-1')).toEqual([{ req_id: 'x-1' }]);
  });
});
