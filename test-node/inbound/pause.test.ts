import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { directSockets } from '../support/direct-socket.js';
import { barrier, clientEvent, collect, connectClient, connectOnClock, createClient, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { URL, virtualWorld } from '../support/virtual-world.js';

describe('pause() inside a listener', () => {
  it('keeps the order of updates for other listeners when it resumes at once [S5, R7, CL23]', async () => {
    const { openSocket, say } = directSockets((text, answer) => answer({ ...JSON.parse(text), success: true }));
    const clock = new VirtualClock();
    const client = await connectClient({ url: URL }, { runtime: { openSocket, clock } });
    const [first, second] = [await client.subscribe('t'), await client.subscribe('t')];
    await clock.settle();
    const publish = (data: unknown) => say({ topic: 't', data });
    const heard: string[] = [];
    first.on('message', (data) => {
      heard.push(`first ${data}`);
      if (data !== 1) return;
      client.pause();
      publish(2);
      publish(3);
      client.resume();
    });
    second.on('message', (data) => heard.push(`second ${data}`));
    client.pause();
    publish(1);
    client.resume();
    expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'first 3', 'second 3']);
  });
});

describe('pause() and resume()', () => {
  it('stop reading and the heartbeat, then deliver waiting frames in order and ping again [CL23]', async () => {
    const { clock, server, client } = await connectOnClock();
    const witness = await connectClient(server);
    const [channel, seen] = await Promise.all([client.subscribe('a'), witness.subscribe('a')]);
    const got = collect(channel);
    const witnessed = collect(seen);
    client.pause();
    client.pause();
    for (let n = 0; n < 100; n++) server.publish('a', n);
    await witnessed.until(100);
    await barrier(witness);
    await clock.advance(24 * 3_600_000);
    await barrier(witness);
    expect(got.items).toEqual([]);
    expect([client.state, server.pings]).toEqual(['ready', 0]);
    client.resume();
    expect(await got.until(100)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    await clock.advance(30_000);
    await server.waitForPing();
    client.resume();
    await barrier(client);
  });

  it('let calls leave during the pause; their answers arrive after resume() [CL23]', async () => {
    const { server, client } = await connectOnClock();
    client.pause();
    const call = client.request({ op: 'order' });
    await server.waitForMessage('order');
    expect(call.delivery).toBe('unknown');
    client.resume();
    expect(await call).toEqual({ op: 'order' });
  });

  it('keep the pause over a reconnect [CL23]', async () => {
    const { clock, server, client } = await connectOnClock();
    const channel = await client.subscribe('a');
    const got = collect(channel);
    client.pause();
    const back = clientEvent(client, 'reconnected');
    client.reconnect();
    await clock.advance(500);
    await back;
    await server.waitFor('the subscription', () => server.connections.at(-1)?.subscriptions.has('a'));
    const witness = await connectClient(server);
    server.publish('a', 1);
    await barrier(witness);
    await clock.advance(3_600_000);
    await barrier(witness);
    expect([got.items, server.pings, client.state]).toEqual([[], 0, 'ready']);
    client.resume();
    expect(await got.until(1)).toEqual([1]);
  });

  it('do not block close() [CL23, C8]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    client.pause();
    await client.close();
    await server.waitForIdle();
  });

  it('do not block a login during a reconnect [CL23]', async () => {
    const world = virtualWorld({ server: { key: 'secret' }, handler: new LoginHandler() });
    await world.connect();
    world.client.pause();
    world.client.reconnect();
    await world.clock.advance(120_000);
    expect(world.client.state).toBe('ready');
    expect(world.network.attempts).toHaveLength(2);
  });

  it('do not hold back the end of a connection that ended with the answer to its login [CL23, HN21]', async () => {
    let logins = 0;
    const { openSocket, drop } = directSockets((text, answer) => {
      const frame = JSON.parse(text) as { op: string };
      answer({ ...frame, success: true });
      if (frame.op === 'auth' && ++logins === 1) drop();
    });
    const runtime = { openSocket, clock: new VirtualClock() };
    const client = createClient({ url: URL }, { handler: new LoginHandler(), runtime });
    client.pause();
    void client.connect();
    await runtime.clock.advance(1_000);
    expect([client.state, logins]).toEqual(['ready', 2]);
  });
});
