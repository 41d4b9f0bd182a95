import { ConfigError, GenericJsonHandler, type RequestId } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome } from '../support/virtual-world.js';

/** Counts, unless a test names the ids. */
class CountingHandler extends GenericJsonHandler {
  #last = 0;
  ids: RequestId[] | undefined;
  override generateRequestId(): RequestId {
    return this.ids?.shift() ?? ++this.#last;
  }
}

/** A server that says only what the test says. */
async function silentWorld() {
  const handler = new CountingHandler();
  const world = await connectedWorld({ handler });
  world.server.onSend = () => {};
  const others: string[] = [];
  world.client.on('message', (message) => others.push(message.text));
  return {
    ...world,
    handler,
    /** Messages that no request took. */
    others,
    answer: async (id: RequestId) => {
      world.peer.sendJson({ req_id: id, data: 'done' });
      await world.clock.advance(5);
    },
  };
}

describe('an answer whose id has the other form', () => {
  it.each<[RequestId, RequestId]>([
    [7, '7'],
    ['7', 7],
    ['0', 0],
    ['95', 95],
    [-1, '-1'],
    ['1.5', 1.5],
  ])('belongs to the request: sent %j, answered %j [HN34]', async (sent, answered) => {
    const { client, handler, answer, others } = await silentWorld();
    handler.ids = [sent];
    const call = client.request({ op: 'x' });
    await answer(answered);
    expect([await outcome(call), others]).toEqual(['done', []]);
  });

  it.each<[RequestId, RequestId]>([
    ['007', 7],
    ['1e3', 1_000],
    ['a7', 7],
    [7, '07'],
    [7, 'seven'],
  ])('that no number has as text is another id: sent %j, answered %j [HN34, R2]', async (sent, answered) => {
    const { client, handler, answer, others } = await silentWorld();
    handler.ids = [sent];
    const call = client.request({ op: 'x' });
    await answer(answered);
    expect([await outcome(call), others.length]).toEqual(['open', 1]);
  });

  it.each<[RequestId, RequestId]>([
    [7, '7'],
    ['7', 7],
  ])('that this client used itself settles no other request: %j beside %j [HN34, R2]', async (one, other) => {
    const { client, handler, answer, others } = await silentWorld();
    handler.ids = [one];
    const call = client.request({ op: 'x' });
    const own = client.requestRaw('{"op":"raw"}', { requestId: other });
    await answer(other);
    expect([(await own).field('data'), await outcome(call)]).toEqual(['done', 'open']);
    await answer(other);
    expect([await outcome(call), others.length]).toEqual(['open', 1]);
    await answer(one);
    expect(await outcome(call)).toBe('done');
  });
});

describe('an id that the handler makes', () => {
  it('is never one that still waits for an answer [R2, DL12]', async () => {
    const { client } = await silentWorld();
    const own = [1, 2].map((requestId) => client.requestRaw('{"op":"raw"}', { requestId }));
    const calls = [client.request({ op: 'x' }), client.request({ op: 'x' })];
    expect([...own, ...calls].map(({ requestId }) => requestId)).toEqual([1, 2, 3, 4]);
  });

  it('again and again costs the request alone [R2, DL12]', async () => {
    const { client, handler, answer } = await silentWorld();
    handler.generateRequestId = () => 'same';
    const [first, second] = [client.request({ op: 'a' }), client.request({ op: 'b' })];
    expect(await outcome(second)).toMatchObject({ error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' } });
    await answer('same');
    expect(await outcome(first)).toBe('done');
  });
});

describe('requestRaw()', () => {
  it.each([[''], [NaN], [Infinity], [true], [{}]])('rejects %j as an id [CF4, CL13]', async (requestId) => {
    const { client, sent } = await silentWorld();
    const call = client.requestRaw('{"op":"raw"}', { requestId: requestId as RequestId });
    expect(await outcome(call)).toEqual({ error: expect.any(ConfigError) });
    expect(sent).toEqual([]);
  });

  it('takes 0 as an id, and the id of the frame where none is named [CL13]', async () => {
    const { client } = await silentWorld();
    expect(client.requestRaw('{"op":"raw"}', { requestId: 0 }).requestId).toBe(0);
    expect(client.requestRaw('{"op":"raw","req_id":"own"}').requestId).toBe('own');
  });

  it('rejects options that are none, and throws nothing [CF4, ER5]', async () => {
    const { client } = await silentWorld();
    expect(await outcome(client.requestRaw('{"req_id":1}', null as never))).toEqual({ error: expect.any(ConfigError) });
  });
});
