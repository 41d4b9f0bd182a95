import type { CloseInfo, ClosePlan, CloseVerdict, ConnectionState } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { LoginHandler } from '../support/login-handler.js';
import { occupy } from './occupy.js';
import { LimitedHandler, reach } from './reach.js';

/** One of its server's close codes is final. */
class Strict extends LoginHandler {
  override classifyClose(close: CloseInfo): CloseVerdict | ClosePlan {
    return close.code === 4_008 ? 'fatal' : super.classifyClose(close);
  }
}

const STATES: readonly ConnectionState[] = [
  'disconnected',
  'connecting',
  'connected',
  'authenticating',
  'ready',
  'reconnecting',
  'closing',
  'closed',
];

it.each(
  STATES.flatMap(
    (state) =>
      [
        [state, 'at once', undefined],
        [state, 'under limits', new LimitedHandler()],
      ] as const,
  ),
)(
  'close() of a busy client in %s, whose calls leave %s, leaves no timer, listener, socket or promise [C8, RT7]',
  async (state, _how, handler) => {
    const { network, runtime, server, client } = await reach(state, {}, state === 'connected' ? undefined : handler);
    const busy = occupy(client);
    // Some of it is under way, and some of that is answered.
    await network.clock.advance(5);
    server.publish('a', 1);
    await network.clock.advance(5);
    expect(client.state).toBe(state);
    const ended = client.closed;
    const closing = client.close({ deadline: 500 });
    // Not longer than it takes, so that no timer that was left could have fired; the one before has its own deadline.
    await network.clock.advance(state === 'closing' ? 1_000 : 10);
    await closing;
    await ended;
    expect(client.state).toBe('closed');
    expect([...busy.open]).toEqual([]);
    expect(busy.signalListeners).toBe(0);
    expect(network.clock.pendingTimers).toBe(0);
    expect(runtime.lifecycleListeners).toBe(0);
    expect([network.sockets, client.stats().pendingRequests, client.stats().waitingCalls]).toEqual([0, 0, 0]);
    const attempts = network.attempts.length;
    runtime.wake();
    await network.clock.advance(600_000);
    expect(network.attempts).toHaveLength(attempts);
  },
);

it.each(STATES)('close() with deadline 0 in %s over a dead line leaves nothing [C8, R1]', async (state) => {
  const { network, runtime, client } = await reach(state);
  const busy = occupy(client);
  await network.clock.advance(5);
  for (const connection of network.connections) connection.blackHole();
  void client.close({ deadline: 0 });
  const limit = state === 'closing' ? 1_000 : 0; // the one before has its own deadline
  await network.clock.advance(limit);
  expect(client.state).toBe('closed');
  // A socket that is let go of takes as long to close as one of Node.
  await network.clock.advance(1_000);
  expect([...busy.open]).toEqual([]);
  expect([busy.signalListeners, network.clock.pendingTimers, runtime.lifecycleListeners]).toEqual([0, 0, 0]);
  expect(network.sockets).toBe(0);
});

it.each(['authentication', 'attempts', 'fatal close'])(
  'a client that gives up (%s) leaves nothing [C7, C8, RT7]',
  async (reason) => {
    const { network, runtime, server, client } = await reach('ready', { reconnectMaxAttempts: 5 }, new Strict());
    const busy = occupy(client);
    await network.clock.advance(5);
    if (reason === 'authentication') network.admission = { status: 401 };
    if (reason === 'attempts') network.admission = 'refuse';
    if (reason === 'fatal close') network.connections[0]?.close(4_008);
    else server.drop();
    await network.clock.advance(120_000);
    expect(client.state).toBe('closed');
    expect([...busy.open]).toEqual([]);
    expect([busy.signalListeners, network.clock.pendingTimers, runtime.lifecycleListeners]).toEqual([0, 0, 0]);
    expect(network.sockets).toBe(0);
  },
);

it('an aborted connect() leaves a client that holds nothing and can connect again [CL6, RT7]', async () => {
  for (const state of ['connecting', 'connected', 'authenticating', 'reconnecting'] as const) {
    const { network, runtime, client } = await reach('disconnected');
    const controller = new AbortController();
    network.admission = state === 'reconnecting' ? 'refuse' : state === 'connecting' ? 'hang' : 'accept';
    client.on('stateChange', (to) => {
      if (to === state) controller.abort();
    });
    client.connect({ signal: controller.signal }).catch(() => {});
    await network.clock.advance(1_000);
    expect([controller.signal.aborted, client.state]).toEqual([true, 'disconnected']);
    expect([network.clock.pendingTimers, runtime.lifecycleListeners, network.sockets]).toEqual([0, 0, 0]);
    network.admission = 'accept';
    const connected = client.connect();
    await network.clock.advance(1_000);
    await connected;
  }
});
