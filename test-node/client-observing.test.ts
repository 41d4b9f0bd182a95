import { inspect } from 'node:util';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { ReferenceServer, SimulatedNetwork } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { connectedWorld, URL, type VirtualWorldOptions, virtualWorld } from './support/virtual-world.js';

const SECRET = 'S3CRETS3CRETS3CRETS3CRETS3CRET';
const outcome = (promise: Promise<unknown>) => promise.then(String, (error) => error);

/** No attempt is answered. */
function silentWorld(config?: VirtualWorldOptions['config']) {
  const world = virtualWorld({ ...(config && { config }) });
  world.network.admission = 'hang';
  return world;
}

describe('connect() with limits', () => {
  it('rejects after timeout with the attempts and the last reason, and the client rests [CL44]', async () => {
    const { client, clock, network } = silentWorld({ connectTimeout: 1_000 });
    const failed = outcome(client.connect({ timeout: 5_000 }));
    await clock.advance(5_000);
    const error = await failed;
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', cause: { code: 'CONNECTION_FAILED' } });
    expect(error.message).toMatch(
      /within 5000 ms \(timeout\), in \d+ attempts\. The last one failed: Could not connect/,
    );
    expect(client.state).toBe('disconnected');
    const count = network.attempts.length;
    await clock.advance(60_000);
    expect(network.attempts).toHaveLength(count);
    network.admission = 'accept';
    const again = client.connect({ timeout: Infinity });
    await clock.advance(100);
    await again;
    expect(client.state).toBe('ready');
  });

  it('tells that the first attempt is under way [CL44]', async () => {
    const { client, clock } = silentWorld();
    const failed = outcome(client.connect({ timeout: 50 }));
    await clock.advance(50);
    expect((await failed).message).toMatch('in 1 attempt. The attempt is still under way');
  });

  it('goes on while another connect() waits, and for a client that was ready [CL44]', async () => {
    const { client, clock } = silentWorld();
    const other = new AbortController();
    const calls = [outcome(client.connect({ timeout: 50 })), outcome(client.connect({ signal: other.signal }))];
    await clock.advance(60);
    expect(client.state).toBe('connecting');
    other.abort(new Error('enough'));
    expect(client.state).toBe('disconnected');
    expect(await Promise.all(calls)).toMatchObject([{ code: 'CONNECTION_FAILED' }, { message: 'enough' }]);

    const world = await connectedWorld();
    await world.drop();
    const late = outcome(world.client.connect({ timeout: 1 }));
    await world.clock.advance(1);
    expect(await late).toMatchObject({ code: 'CONNECTION_FAILED' });
    await world.clock.advance(60_000);
    expect(world.client.state).toBe('ready');
  });

  it('takes them in the static connect(), too, which closes its client [CL44]', async () => {
    const { clock, runtime } = silentWorld();
    const options = { timeout: 50 };
    const call = outcome(WebSocketClient.connect({ url: URL }, new GenericJsonHandler(), runtime, options));
    await clock.advance(2_000);
    expect(await call).toMatchObject({ code: 'CONNECTION_FAILED' });
    const wrong = { timout: 50 } as object;
    const refused = WebSocketClient.connect({ url: URL }, new GenericJsonHandler(), runtime, wrong);
    expect(await outcome(refused)).toMatchObject({ code: 'CONFIG_INVALID', field: 'timout' });
  });
});

describe('what can be read later', () => {
  it('is the last error, and when the next attempt starts [CL45]', async () => {
    const { client, clock, peer } = await connectedWorld();
    const connectedAt = client.stats().connectedAt as number;
    expect(client.stats()).toMatchObject({ attempt: 0, warnings: {} });
    expect(client.stats().nextAttemptAt).toBeUndefined();
    expect(client.lastError).toBeUndefined();
    await clock.advance(500);
    peer.send('{"op":"news"}');
    await clock.advance(1);
    await clock.advance(10);
    expect(client.stats().lastMessageAt).toBe(clock.wallTime() - 10);
    expect(connectedAt).toBeLessThan(clock.wallTime() - 500);
    let planned = 0;
    client.on('reconnecting', ({ delay }) => {
      planned = clock.wallTime() + delay;
    });
    peer.close(4_001, 'maintenance');
    await clock.advance(3);
    expect(client.stats()).toMatchObject({ attempt: 1, nextAttemptAt: planned });
    expect(client.stats().connectedAt).toBeUndefined();
    expect(client.lastError).toMatchObject({ code: 'CONNECTION_CLOSED', closeCode: 4_001 });
    await clock.advance(60_000);
    expect(client.stats().nextAttemptAt).toBeUndefined();
    client.on('ready', () => {
      throw new Error('a listener');
    });
    client.reconnect();
    await clock.advance(60_000);
    expect(client.lastError?.message).toMatch('a listener');
  });

  it('is the number of warnings of each code, which the trace shows, too [CL45]', async () => {
    class Old extends GenericJsonHandler {
      override readonly deprecation = 'Use another one.';
    }
    const { client } = virtualWorld({ handler: new Old() });
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
    const config = { url: `ws://u:${SECRET}@venue.test/ws/${SECRET}?k=${SECRET}`, nodeOptions: { key: SECRET } };
    const network = new SimulatedNetwork();
    const { clock } = network;
    const server = new ReferenceServer(network, config.url);
    const client = new WebSocketClient(config, new GenericJsonHandler(), network.runtime());
    const connecting = client.connect();
    client.on('ready', () => {}, { app: client });
    await clock.advance(100);
    await connecting;
    const subscribing = client.subscribe(`user.${SECRET}`);
    await clock.advance(100);
    const channel = await subscribing;
    server.connections[0]?.close(4_000, 'x'.repeat(123));
    await clock.advance(1);
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
    const dynamic = new WebSocketClient({ url: () => config.url }, new GenericJsonHandler(), network.runtime());
    expect(JSON.parse(JSON.stringify(dynamic)).url).toBe('a function');
    await Promise.all([client.close(), dynamic.close(), clock.advance(2_000)]);
  });
});
