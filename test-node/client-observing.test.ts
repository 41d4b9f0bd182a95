import { inspect } from 'node:util';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { virtualClient, virtualWorld } from './support/virtual-client.js';
import { answerLikeAnExchange, FakeNetwork } from './support/virtual-time.js';

const SECRET = 'S3CRETS3CRETS3CRETS3CRETS3CRET';
const outcome = (promise: Promise<unknown>) => promise.then(String, (error) => error);

/** Nothing answers there. */
function silentNetwork(): FakeNetwork {
  const network = new FakeNetwork();
  network.onDial = () => {};
  return network;
}

describe('connect() with limits', () => {
  it('rejects after timeout with the attempts and the last reason, and the client rests [CL44]', async () => {
    const network = silentNetwork();
    const client = virtualClient(network, { config: { connectTimeout: 1_000 } });
    const failed = outcome(client.connect({ timeout: 5_000 }));
    await network.clock.advance(5_000);
    const error = await failed;
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', cause: { code: 'CONNECTION_FAILED' } });
    expect(error.message).toMatch(
      /within 5000 ms \(timeout\), in \d+ attempts\. The last one failed: Could not connect/,
    );
    expect(client.state).toBe('disconnected');
    const count = network.sockets.length;
    await network.clock.advance(60_000);
    expect(network.sockets).toHaveLength(count);
    network.onDial = (socket) => network.later(() => socket.accept());
    const again = client.connect({ timeout: Infinity });
    await network.clock.advance(100);
    await again;
    expect(client.state).toBe('ready');
  });

  it('tells that the first attempt is under way [CL44]', async () => {
    const network = silentNetwork();
    const client = virtualClient(network);
    const failed = outcome(client.connect({ timeout: 50 }));
    await network.clock.advance(50);
    expect((await failed).message).toMatch('in 1 attempt. The attempt is still under way');
  });

  it('goes on while another connect() waits, and for a client that was ready [CL44]', async () => {
    const network = silentNetwork();
    const client = virtualClient(network);
    const other = new AbortController();
    const calls = [outcome(client.connect({ timeout: 50 })), outcome(client.connect({ signal: other.signal }))];
    await network.clock.advance(60);
    expect(client.state).toBe('connecting');
    other.abort(new Error('enough'));
    expect(client.state).toBe('disconnected');
    expect(await Promise.all(calls)).toMatchObject([{ code: 'CONNECTION_FAILED' }, { message: 'enough' }]);

    const world = await virtualWorld();
    world.network.last.drop();
    const late = outcome(world.client.connect({ timeout: 1 }));
    await world.advance(1);
    expect(await late).toMatchObject({ code: 'CONNECTION_FAILED' });
    await world.advance(60_000);
    expect(world.client.state).toBe('ready');
  });

  it('takes them in the static connect(), too, which closes its client [CL44]', async () => {
    const network = silentNetwork();
    const options = { timeout: 50 };
    const runtime = network.runtime();
    const call = outcome(
      WebSocketClient.connect({ url: 'ws://venue.test' }, new GenericJsonHandler(), runtime, options),
    );
    await network.clock.advance(2_000);
    expect(await call).toMatchObject({ code: 'CONNECTION_FAILED' });
    const wrong = { timout: 50 } as object;
    const refused = WebSocketClient.connect({ url: 'ws://venue.test' }, new GenericJsonHandler(), runtime, wrong);
    expect(await outcome(refused)).toMatchObject({ code: 'CONFIG_INVALID', field: 'timout' });
  });
});

describe('what can be read later', () => {
  it('is the last error, and when the next attempt starts [CL45]', async () => {
    const { network, client, advance, publish } = await virtualWorld();
    const { clock } = network;
    const connectedAt = client.stats().connectedAt as number;
    expect(client.stats()).toMatchObject({ attempt: 0, warnings: {} });
    expect(client.stats().nextAttemptAt).toBeUndefined();
    expect(client.lastError).toBeUndefined();
    await advance(500);
    publish(1);
    await advance(10);
    expect(client.stats().lastMessageAt).toBe(clock.wallTime() - 10);
    expect(connectedAt).toBeLessThan(clock.wallTime() - 500);
    let planned = 0;
    client.on('reconnecting', ({ delay }) => {
      planned = clock.wallTime() + delay;
    });
    network.last.drop(4_001, 'maintenance');
    await advance(0);
    expect(client.stats()).toMatchObject({ attempt: 1, nextAttemptAt: planned });
    expect(client.stats().connectedAt).toBeUndefined();
    expect(client.lastError).toMatchObject({ code: 'CONNECTION_CLOSED', closeCode: 4_001 });
    await advance(60_000);
    expect(client.stats().nextAttemptAt).toBeUndefined();
    client.on('ready', () => {
      throw new Error('a listener');
    });
    client.reconnect();
    await advance(60_000);
    expect(client.lastError?.message).toMatch('a listener');
  });

  it('is the number of warnings of each code, which the trace shows, too [CL45]', async () => {
    class Old extends GenericJsonHandler {
      override readonly deprecation = 'Use another one.';
    }
    const client = virtualClient(new FakeNetwork(), { handler: new Old() });
    const effects: string[] = [];
    client.trace((entry) => entry.type === 'effect' && effects.push(entry.effect));
    void client.connect();
    expect(client.stats().warnings).toEqual({ 'deprecated-handler': 1 });
    expect(client.lastWarning).toMatchObject({ code: 'deprecated-handler' });
    expect(effects).toContain('warning');
  });
});

describe('a client and a channel that are shown', () => {
  it('are short, plain and free of secrets [CL46]', async () => {
    const network = new FakeNetwork();
    answerLikeAnExchange(network);
    const config = { url: `ws://u:${SECRET}@venue.test/ws/${SECRET}?k=${SECRET}`, nodeOptions: { key: SECRET } };
    const client = virtualClient(network, { config });
    const connecting = client.connect();
    client.on('ready', () => {}, { app: client });
    await network.clock.advance(100);
    await connecting;
    const subscribing = client.subscribe(`user.${SECRET}`);
    await network.clock.advance(100);
    const channel = await subscribing;
    network.last.drop(4_000, 'x'.repeat(3_000));
    await network.clock.advance(0);
    for (const shown of [client, channel]) {
      for (const text of [JSON.stringify(shown), inspect(shown), inspect({ deep: { deeper: { shown } } })]) {
        expect(text).not.toContain(SECRET);
        expect(text.length).toBeLessThan(600);
      }
    }
    expect(JSON.parse(JSON.stringify(client))).toMatchObject({ url: 'ws://venue.test/ws/***', epoch: 1 });
    expect(inspect(client)).toMatch(/^WebSocketClient \{/);
    expect(inspect(channel)).toMatch(/^Channel \{\s+topic: 'user\.\*\*\*'/);
    expect(inspect({ a: { b: { client } } }, { depth: 1 })).toContain('[Object]');
    const dynamic = virtualClient(network, { config: { url: () => config.url } });
    expect(JSON.parse(JSON.stringify(dynamic)).url).toBe('a function');
  });
});
