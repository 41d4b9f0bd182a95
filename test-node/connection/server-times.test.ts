import { type CloseInfo, GenericJsonHandler, type UrlContext } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { NoticeHandler, noticedWorld } from '../support/notices.js';
import { virtualWorld } from '../support/virtual-world.js';

const REFUSED = { status: 429, retryAfter: 20_000 };

/** A client whose first attempt is refused with `Retry-After: 20`. */
async function toldToWait(config = {}) {
  const world = virtualWorld({ config });
  world.network.admission = REFUSED;
  void world.client.connect().catch(() => {});
  await world.clock.advance(100);
  world.network.admission = 'accept';
  return world;
}

describe('a time that the server named', () => {
  it('is shortened by no reconnect() and no wake [RT9]', async () => {
    const { client, runtime, network, clock } = await toldToWait();
    client.reconnect();
    runtime.wake('online');
    await clock.advance(19_000);
    expect(network.attempts).toHaveLength(1);
    await clock.advance(2_000);
    expect(client.state).toBe('ready');
  });

  it('binds connect() after an aborted connect() [RT9, CL6]', async () => {
    const { client, network, clock } = virtualWorld();
    network.admission = REFUSED;
    const controller = new AbortController();
    client.connect({ signal: controller.signal }).catch(() => {});
    await clock.advance(100);
    controller.abort();
    network.admission = 'accept';
    const connecting = client.connect();
    await clock.advance(19_000);
    expect(network.attempts).toHaveLength(1);
    await clock.advance(2_000);
    await connecting;
    expect(client.state).toBe('ready');
  });

  it('is cut at maxServerDelay, with one warning [RT9, CF2]', async () => {
    const world = virtualWorld({ config: { maxServerDelay: 5_000 } });
    const warnings: string[] = [];
    world.client.on('warning', ({ code }) => warnings.push(code));
    world.network.admission = REFUSED;
    void world.client.connect().catch(() => {});
    await world.clock.advance(30_000);
    expect(world.network.attempts.length).toBeGreaterThan(2);
    expect(warnings).toEqual(['server-delay-cut']);
  });

  it('may come from the handler, which reads headers and body of the refusal [HN16, RT9]', async () => {
    const seen: CloseInfo[] = [];
    class Reader extends GenericJsonHandler {
      override classifyClose(close: CloseInfo) {
        seen.push(close);
        return { verdict: 'retry', delay: 10_000 } as const;
      }
    }
    const { client, network, clock } = virtualWorld({ handler: new Reader() });
    network.admission = { status: 503, headers: { 'x-wait': '10' }, body: 'maintenance' };
    void client.connect().catch(() => {});
    await clock.advance(9_000);
    expect(network.attempts).toHaveLength(1);
    expect(seen[0]).toMatchObject({ status: 503, headers: { 'x-wait': '10' }, body: 'maintenance' });
  });
});

describe('a wake of the host', () => {
  it('keeps an attempt that could not be replaced at once [CF18, C5]', async () => {
    const { client, network, runtime, clock } = virtualWorld({
      config: { reconnectInitialDelay: 1, reconnectBackoffFactor: 1, reconnectMaxDelay: 30_000 },
    });
    network.admission = () => (network.attempts.length === 48 ? { after: 2_000 } : 'refuse');
    void client.connect().catch(() => {});
    while (network.attempts.length < 48) await clock.advance(1);
    await clock.advance(1_200);
    runtime.wake('online');
    await clock.advance(2_000);
    expect(client.state).toBe('ready');
  });
});

describe('HTTP 403', () => {
  it('ends no client that does not authenticate: it is retried at the longest delay, with one warning [HN16]', async () => {
    const { client, network, clock } = virtualWorld({ config: { reconnectJitter: 0, reconnectMaxDelay: 10_000 } });
    const warnings: string[] = [];
    client.on('warning', ({ code }) => warnings.push(code));
    network.admission = { status: 403 };
    void client.connect().catch(() => {});
    await clock.advance(45_000);
    expect(network.attempts.map((at) => Math.floor(at / 10_000))).toEqual([0, 1, 2, 3, 4]);
    expect(warnings).toEqual(['connection-forbidden']);
    network.admission = 'accept';
    await clock.advance(10_000);
    expect(client.state).toBe('ready');
  });

  it('counts as a refused authentication where credentials go with the upgrade [HN16, C7]', async () => {
    for (const config of [{ url: 'ws://me:secret@exchange' }, { nodeOptions: { headers: { Cookie: 'a=b' } } }]) {
      const { client, network, clock } = virtualWorld({ config: { ...config, reconnectMaxDelay: 1_000 } });
      network.admission = { status: 403 };
      void client.connect().catch(() => {});
      await clock.advance(60_000);
      expect(client.state).toBe('closed');
      expect(network.attempts).toHaveLength(3);
    }
  });
});

describe('a URL function', () => {
  it('gets the number of the attempt, and a signal that aborts when the attempt is given up [CF1]', async () => {
    const asked: UrlContext[] = [];
    const { client, clock } = virtualWorld({
      config: {
        connectTimeout: 1_000,
        reconnectMaxDelay: 1_000,
        url: (context) => {
          asked.push(context);
          return asked.length < 3 ? new Promise<string>(() => {}) : 'ws://exchange';
        },
      },
    });
    const connecting = client.connect();
    await clock.advance(10_000);
    await connecting;
    expect(asked.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  });
});

/** The message of an attempt whose upgrade was refused with this redirect. */
async function redirectedTo(location: string, handler = new GenericJsonHandler()): Promise<string> {
  const config = { url: 'ws://exchange/tenant7/ws', protocols: ['abcd-efgh-1234-5678-zz90'], reconnectMaxAttempts: 0 };
  const { client, clock, network } = virtualWorld({ config, handler });
  network.admission = { status: 302, headers: { location } };
  const connecting = client.connect().catch((error: Error) => error.message);
  await clock.advance(60_000);
  return String(await connecting);
}

describe('the error of a failed attempt', () => {
  it.each([
    '//u:S3CRETp@h.example/a',
    'u:S3CRETp@h.example/x',
    '/v6/S3CRETkey123456.json?k=S3CRET',
    'wss://h/%zz#S3CRET',
  ])('shows no secret of a redirect to %s, nor of a subprotocol [ER13]', async (location) => {
    const message = await redirectedTo(location);
    expect(message).not.toMatch(/S3CRET|zz90/);
    expect(message).toContain('302');
  });

  it('shows a URL as redact() does, and none where redact() fails [ER13, CL43]', async () => {
    class Masking extends GenericJsonHandler {
      override redact(text: string): string {
        return text.replace('tenant7', '***');
      }
    }
    class Failing extends GenericJsonHandler {
      override redact(): string {
        throw new Error('no');
      }
    }
    for (const handler of [new Masking(), new Failing()]) {
      expect(await redirectedTo('/tenant7', handler)).not.toContain('tenant7');
      const { client } = virtualWorld({ config: { url: 'ws://exchange/tenant7/ws' }, handler });
      expect(JSON.stringify(client)).not.toContain('tenant7');
    }
  });

  it('names host, path, status, redirect and subprotocols, and no secret [ER13]', async () => {
    const { client, network, clock } = virtualWorld({
      config: {
        url: 'ws://user:pass@exchange/v5/AbCdEf0123456789xyz/public?token=S3CRET',
        protocols: ['json'],
        reconnectMaxAttempts: 1,
      },
    });
    network.admission = { status: 302, headers: { location: 'wss://new.example/v6?key=S3CRET' } };
    const connecting = client.connect();
    connecting.catch(() => {});
    await clock.advance(60_000);
    const { message } = await connecting.then(
      () => new Error('connected'),
      (error: Error) => error,
    );
    for (const part of ['exchange/v5/***/public', '302', 'wss://new.example/v6', 'json'])
      expect(message).toContain(part);
    for (const secret of ['S3CRET', 'pass', 'AbCdEf']) expect(message).not.toContain(secret);
    expect(message).toMatch(/\.$/);
  });

  it('tells a fatal close as the close of the server, and is not retryable [ER13, C7]', async () => {
    class Strict extends GenericJsonHandler {
      override classifyClose() {
        return 'fatal' as const;
      }
    }
    const world = virtualWorld({ handler: new Strict() });
    await world.connect();
    world.peer.close(4003, 'key revoked');
    await world.clock.advance(1_000);
    const { error } = await world.client.closed;
    expect(error).toMatchObject({ retryable: false, closeCode: 4003 });
    expect(error?.message).toBe('The server closed the connection with code 4003: key revoked.');
  });
});

type Noticed = Awaited<ReturnType<typeof noticedWorld>>;

describe('a delay that a notice names', () => {
  it.each<[string, (world: Noticed) => unknown]>([
    [
      'the server closes in the same read',
      ({ peer }) => {
        peer.sendJson({ op: 'bye', retry_after: 60_000 });
        peer.close(1001, 'maintenance');
      },
    ],
    [
      'the server closes while an answer is outstanding',
      async ({ client, clock, peer }) => {
        client.request({ op: 'order' }).catch(() => {});
        await clock.advance(5);
        peer.sendJson({ op: 'bye', retry_after: 60_000 });
        await clock.advance(500);
        peer.close(1001, 'maintenance');
      },
    ],
    [
      'it comes while a planned end is under way',
      async ({ answer, client, clock, peer }) => {
        client.request({ op: 'order' }).catch(() => {});
        await clock.advance(5);
        client.reconnect();
        peer.sendJson({ op: 'bye', retry_after: 60_000 });
        await clock.advance(10);
        answer();
      },
    ],
    [
      'reconnect() is called after it',
      async ({ client, clock, peer }) => {
        client.request({ op: 'order' }).catch(() => {});
        await clock.advance(5);
        peer.sendJson({ op: 'bye', retry_after: 60_000 });
        await clock.advance(10);
        client.reconnect();
      },
    ],
  ])('binds although %s [RT9, HN33, C12]', async (_what, act) => {
    const world = await noticedWorld();
    const from = world.clock.now();
    await act(world);
    await world.clock.advance(120_000);
    expect((world.network.attempts[1] ?? 0) - from).toBeGreaterThanOrEqual(60_000);
  });

  it('is over with the attempt that it delayed [HN33]', async () => {
    const { client, clock, drop, network, peer } = await noticedWorld({ reconnectMinUptime: 1_000 });
    peer.sendJson({ op: 'bye', retry_after: 60_000 });
    await clock.advance(90_000);
    expect([client.state, client.epoch]).toEqual(['ready', 2]);
    const droppedAt = clock.now();
    await drop();
    await clock.advance(10_000);
    expect((network.attempts[2] ?? Infinity) - droppedAt).toBeLessThan(2_000);
  });

  it('that is no number is no delay [C7, L1]', async () => {
    const world = virtualWorld({ handler: new NoticeHandler() });
    const { client, clock, runtime } = world;
    const { setTimer } = clock;
    // As setTimeout() of every platform does.
    clock.setTimer = (callback, delay) => setTimer.call(clock, callback, Number.isNaN(delay) ? 1 : delay);
    await world.connect();
    world.peer.sendJson({ op: 'bye', retry_after: 'soon' });
    await clock.advance(60_000);
    client.reconnect();
    runtime.wake('online');
    await clock.advance(600_000);
    expect(client.state).toBe('ready');
  });
});

it('the error of a url function shows no query and no user [ER9, ER13]', async () => {
  const url = () => Promise.reject(new Error('GET https://me:pass@rest.example/listenKey?apiKey=SECRET failed'));
  const { client, clock } = virtualWorld({ config: { url } });
  client.connect().catch(() => {});
  await clock.advance(10);
  expect(client.lastError?.message).toContain('rest.example');
  expect(client.lastError?.message).not.toMatch(/SECRET|pass/);
});
