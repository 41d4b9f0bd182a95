import { ReferenceServer, type ReferenceServerOptions, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { type Probe, probe } from '../../support/probe.js';

async function open(options?: ReferenceServerOptions) {
  const network = new SimulatedNetwork();
  const server = new ReferenceServer(network, 'ws://exchange', options);
  const socket = probe(network.runtime().openSocket, 'ws://exchange');
  await network.clock.advance(5);
  const ask = async (...frames: object[]): Promise<unknown[]> => {
    const before = socket.messages.length;
    for (const frame of frames) socket.socket.send(JSON.stringify(frame));
    await network.clock.advance(5);
    return parsed(socket).slice(before);
  };
  return { network, server, socket, ask };
}

function parsed({ messages }: Probe): unknown[] {
  return messages.map((data) => JSON.parse(String(data)));
}

const subscribe = { op: 'subscribe', req_id: '1', args: ['a', 'b'] };

describe('ReferenceServer', () => {
  it('echoes requests and answers pings [PK9]', async () => {
    const { ask, server } = await open();
    expect(await ask({ req_id: 'x', qty: 1 }, { op: 'ping' })).toEqual([
      { req_id: 'x', data: { qty: 1 } },
      { op: 'pong' },
    ]);
    expect(server.requests).toEqual(['x']);
  });

  it('numbers the updates of each topic over all connections', async () => {
    const { ask, network, server, socket } = await open();
    await ask(subscribe);
    expect([server.publish('a', 1), server.publish('a', 2), server.publish('b', 3)]).toEqual([1, 2, 1]);
    server.drop();
    expect(server.publish('a', 4)).toBe(3);
    await network.clock.advance(5);
    expect(parsed(socket).slice(1)).toEqual([
      { topic: 'a', sequence: 1, data: 1 },
      { topic: 'a', sequence: 2, data: 2 },
      { topic: 'b', sequence: 1, data: 3 },
    ]);
  });

  it('requires a key first', async () => {
    const { ask, server } = await open({ key: 'k' });
    expect(await ask(subscribe, { op: 'auth', key: 'x' }, { op: 'auth', key: 'k' }, subscribe)).toMatchObject([
      { success: false, error: 'not authenticated' },
      { op: 'auth', success: false },
      { op: 'auth', success: true },
      { op: 'subscribe', success: true },
    ]);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it.each([
    ['batch', [{ op: 'subscribe', req_id: '1', args: ['a', 'b'], success: true, refused: [] }]],
    [
      'topic',
      [
        { op: 'subscribe', req_id: '1', args: ['a'], success: true },
        { op: 'subscribe', req_id: '1', args: ['b'], success: true },
      ],
    ],
    [
      'topic-only',
      [
        { op: 'subscribe', args: ['a'], success: true },
        { op: 'subscribe', args: ['b'], success: true },
      ],
    ],
    [
      'echo',
      [
        { op: 'subscribe', args: [{ depth: 10, topic: 'a' }], success: true },
        { op: 'subscribe', args: [{ depth: 10, topic: 'b' }], success: true },
      ],
    ],
    ['order', [{ op: 'subscribe', success: true }]],
    ['list', [{ op: 'subscribe', args: ['a', 'b'], success: true }]],
    ['none', []],
  ] as const)('confirms by %s', async (acknowledge, frames) => {
    const { ask, server } = await open({ acknowledge });
    expect(await ask(subscribe)).toEqual(frames);
    expect(server.subscriptions).toEqual(new Set(['a', 'b']));
  });

  it('refuses whole frames or single topics', async () => {
    for (const refuse of ['whole', 'partial'] as const) {
      const { ask, server } = await open({ refuse });
      server.refused.set('b', 'no such topic');
      const [answer] = await ask(subscribe);
      expect(answer).toMatchObject(
        refuse === 'whole'
          ? { success: false, error: 'no such topic' }
          : { success: true, args: ['a'], refused: ['b'] },
      );
      expect(server.subscriptions).toEqual(new Set(refuse === 'whole' ? [] : ['a']));
    }
  });

  it('reports and counts a topic that is already subscribed', async () => {
    const { ask, server } = await open({ benign: true });
    await ask({ ...subscribe, args: ['a'] });
    expect(await ask(subscribe)).toMatchObject([{ success: false, args: ['a'] }, { success: true }]);
    expect(server.duplicates).toBe(1);
  });

  it('refuses logins for a while or finally', async () => {
    const { ask, server } = await open({ key: 'k' });
    const login = { op: 'auth', key: 'k' };
    server.refuseLogins = { times: 1 };
    expect(await ask(login, login)).toEqual([
      { op: 'auth', success: false, error: 'not now' },
      { op: 'auth', success: true },
    ]);
    server.refuseLogins = { times: 1, final: true };
    expect(await ask(login)).toEqual([{ op: 'auth', success: false, error: 'not now', final: true }]);
  });

  it('expires logins and reports it', async () => {
    const { ask, network, server, socket } = await open({ key: 'k' });
    await ask({ op: 'auth', key: 'k' }, subscribe);
    server.expireLogins();
    await network.clock.advance(5);
    expect(parsed(socket).at(-1)).toEqual({ op: 'expired' });
    expect(await ask({ op: 'echo', req_id: 'x' }, { op: 'unsubscribe', req_id: '2', args: ['a'] })).toMatchObject([
      { req_id: 'x', success: false, error: 'not authenticated' },
      { req_id: '2', success: true },
    ]);
    expect(server.subscriptions).toEqual(new Set(['b']));
  });

  it('revokes topics, forgets them silently, and skips updates', async () => {
    const { ask, network, server, socket } = await open();
    await ask({ ...subscribe, args: ['a', 'b', 'c'] });
    server.revoke('a');
    server.forget('b');
    server.skip('c');
    server.publish('b', 1);
    server.publish('c', 1);
    await network.clock.advance(5);
    expect(parsed(socket).slice(1)).toEqual([
      { op: 'revoked', args: ['a'], error: 'too many connections' },
      { topic: 'c', sequence: 2, data: 1 },
    ]);
    expect(server.subscriptions).toEqual(new Set(['c']));
  });

  it('closes a connection that sends too many frames', async () => {
    const { ask, network, socket } = await open({ limit: { count: 3, window: 1_000 } });
    await ask({ op: 'ping' }, { op: 'ping' }, { op: 'ping' });
    await network.clock.advance(1_000);
    await ask({ op: 'ping' }, { op: 'ping' }, { op: 'ping' }, { op: 'ping' });
    await network.clock.advance(5);
    expect(socket.closes).toMatchObject([{ code: 1008 }]);
  });

  it('lets a test lose, repeat and delay its frames, and reports connections', async () => {
    const { ask, network, server, socket } = await open();
    server.onSend = ({ req_id }, send) => {
      if (req_id === 'twice') send();
      if (req_id === 'late') network.clock.setArrival(send, 100);
      else if (req_id !== 'lost') send();
    };
    expect(await ask({ req_id: 'twice' }, { req_id: 'lost' }, { req_id: 'late' })).toHaveLength(2);
    await network.clock.advance(105);
    expect(parsed(socket).at(-1)).toEqual({ req_id: 'late', data: {} });
    const accepted: number[] = [];
    server.onConnection = ({ id }) => accepted.push(id);
    probe(network.runtime().openSocket, 'ws://exchange');
    await network.clock.advance(5);
    expect(accepted).toEqual([2]);
  });

  it('ends subscriptions on request and with their connection', async () => {
    const { ask, server, socket, network } = await open();
    await ask(subscribe, { op: 'unsubscribe', req_id: '2', args: ['a'] });
    expect(server.subscriptions).toEqual(new Set(['b']));
    socket.socket.terminate?.();
    await network.clock.advance(5);
    expect([server.subscriptions.size, server.connections.length]).toEqual([0, 0]);
  });

  it('tells that a topic was revoked for good, is completed, or that the connection is about to end', async () => {
    const { ask, network, server, socket } = await open();
    await ask(subscribe);
    const before = socket.messages.length;
    server.revoke('a', true);
    server.complete('b');
    server.announceEnd();
    await network.clock.advance(5);
    expect(parsed(socket).slice(before)).toEqual([
      { op: 'revoked', args: ['a'], error: 'too many connections', final: true },
      { op: 'completed', args: ['b'] },
      { op: 'goaway' },
    ]);
    expect(server.subscriptions).toEqual(new Set());
  });

  it('goes on with topics of an earlier connection', async () => {
    const { network, server, socket } = await open();
    const [connection] = server.connections;
    if (connection) server.resume(connection, ['a', 'b']);
    expect(server.publish('b', 'news')).toBe(1);
    await network.clock.advance(5);
    expect(parsed(socket)).toEqual([
      { op: 'resumed', args: ['a', 'b'] },
      { topic: 'b', sequence: 1, data: 'news' },
    ]);
    connection?.terminate();
    await network.clock.advance(5);
    if (connection) server.resume(connection, ['a']);
    expect(server.subscriptions).toEqual(new Set());
  });

  it('ends a connection that asks for a poisoned topic', async () => {
    const { ask, server, socket } = await open();
    server.poisoned.add('b');
    expect(await ask({ ...subscribe, args: ['a'] })).toHaveLength(1);
    expect(await ask(subscribe)).toEqual([]);
    expect(socket.closes).toMatchObject([{ code: 1011, reason: 'internal error' }]);
  });
});
