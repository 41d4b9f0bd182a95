import {
  AuthenticationFailedError,
  GenericJsonHandler,
  type LoginSession,
  type Message,
  type Signal,
} from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  clientEvent,
  connectClient,
  createClient,
  deferred,
  dropping,
  framesOf,
  outcomeOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

describe('authenticate()', () => {
  it('in a listener of connected authenticates the current connection [CL20, CL21]', async () => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler(), config: { authOnConnect: false } });
    const wishes: Promise<void>[] = [];
    client.once('connected', () => wishes.push(client.authenticate()));
    await client.connect();
    await Promise.all(wishes);
    expect(framesOf(server, 'auth')).toHaveLength(1);
  });

  it('fails after authTimeout when the handler never builds the message, and the next call works [CL20]', async () => {
    class Handler extends LoginHandler {
      override buildAuthMessage(): string | Promise<string> {
        const message = super.buildAuthMessage();
        return this.built === 2 ? new Promise(() => {}) : message;
      }
    }
    const clock = new VirtualClock();
    const client = await connectClient(await serve({ authentication: {} }), {
      handler: new Handler(),
      runtime: { clock },
    });
    const hanging = outcomeOf(client.authenticate());
    await clock.advance(10_000);
    expect(await hanging).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED', retryable: true } });
    await client.authenticate();
    expect(client.epoch).toBe(1);
  });

  /** The login, and one frame more. */
  const limits = { frames: { count: 2, window: 5_000, margin: 0 } };
  class PacedLogin extends LoginHandler {
    override limits = limits;
  }
  class PacedDialogue extends GenericJsonHandler {
    override limits = limits;
    override async login({ send, receive }: LoginSession) {
      send('{"op":"auth","key":"secret"}');
      await receive((message) => message.field('op') === 'auth');
    }
  }

  it.each([PacedLogin, PacedDialogue])(
    'leaves nothing to send where it fails before its frames left, and says so: %o [CL20]',
    async (Handler) => {
      const config = { authTimeout: 1_000 };
      const world = await connectedWorld({ config, server: { key: 'secret' }, handler: new Handler() });
      await world.client.sendJson({ op: 'echo' });
      const failed = outcomeOf(world.client.authenticate());
      await world.clock.advance(1_000);
      expect(await failed).toMatchObject({
        error: { code: 'AUTHENTICATION_FAILED', retryable: true, message: expect.stringContaining('did not leave') },
      });
      await world.clock.advance(10_000);
      const logins = () => world.sent.filter(({ op }) => op === 'auth').length;
      expect(logins()).toBe(1);
      const again = world.client.authenticate();
      await world.clock.advance(100);
      await again;
      expect(logins()).toBe(2);
    },
  );

  it('refreshes the live session with new credentials [CL20]', async () => {
    const server = await serve({ authentication: {} });
    const handler = new LoginHandler();
    const client = await connectClient(server, { handler });
    handler.key = 'fresh';
    const told = clientEvent(client, 'authenticated');
    await Promise.all([client.authenticate(), client.authenticate()]);
    await told;
    expect(framesOf(server, 'auth').map(({ key }) => key)).toEqual(['secret', 'fresh']);
    expect(server.connectionCount).toBe(1);
    expect(client.state).toBe('ready');
  });

  it('rejects on a refusal and keeps the connection [CL20]', async () => {
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new LoginHandler() });
    server.refuseAuthentication(1);
    await expect(client.authenticate()).rejects.toBeInstanceOf(AuthenticationFailedError);
    expect(client.state).toBe('ready');
    await barrier(client);
    expect(server.connectionCount).toBe(1);
    await client.authenticate();
  });

  it('counts refusals in a row; a successful refresh resets the count [CF8, CL20]', async () => {
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 3 } });
    server.refuseAuthentication(2);
    await expect(client.authenticate()).rejects.toBeInstanceOf(AuthenticationFailedError);
    await expect(client.authenticate()).rejects.toBeInstanceOf(AuthenticationFailedError);
    await client.authenticate();
    server.refuseAuthentication(1);
    server.dropAll();
    const end = await Promise.race([
      clientEvent(client, 'reconnected').then(() => 'reconnected'),
      client.closed.then(() => 'closed'),
    ]);
    expect(end).toBe('reconnected');
  });

  it('is the first login with authOnConnect false; later connections log in automatically [CL20, CL21]', async () => {
    const server = await serve({ authentication: { required: false } });
    const client = await connectClient(server, { handler: new LoginHandler(), config: { authOnConnect: false } });
    expect(server.authAttempts).toBe(0);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(server.authAttempts).toBe(0);
    await client.authenticate();
    expect(server.authAttempts).toBe(1);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(server.authAttempts).toBe(2);
  });

  it('is not repeated on later connections after its first refusal [CL20, CL21]', async () => {
    const server = await serve({ authentication: { refusals: 1, required: false } });
    const handler = new LoginHandler();
    const client = await connectClient(server, { handler, config: { authOnConnect: false } });
    await expect(client.authenticate()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    const back = clientEvent(client, 'reconnected');
    server.dropAll();
    await back;
    expect(handler.built).toBe(1);
  });

  it('waits for the connection before ready, and logs in once [CL20]', async () => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler(), config: { authOnConnect: false } });
    const first = client.authenticate();
    await client.connect();
    await first;
    expect(server.authAttempts).toBe(1);
  });

  it('is settled by the login of the next connection after a drop [CL20, R1]', async () => {
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new LoginHandler() });
    server.respondTo('"op":"auth"', dropping, { once: true });
    await client.authenticate();
    expect(client.epoch).toBe(2);
    expect(server.authAttempts).toBe(2);
  });

  it('rejects when the protocol has no login [CL20]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await expect(client.authenticate()).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(client.state).toBe('ready');
  });

  it('runs when a signal of the server asks for it [HN21]', async () => {
    class ChallengedLogin extends LoginHandler {
      override extractSignal(message: Parameters<LoginHandler['extractSignal']>[0]) {
        return message.field('event') === 'expired' ? ({ type: 'authenticate' } as const) : undefined;
      }
    }
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new ChallengedLogin() });
    const told = clientEvent(client, 'authenticated');
    server.broadcast({ event: 'expired' });
    await told;
    expect([server.authAttempts, server.connectionCount]).toEqual([2, 1]);
  });

  it('asks the predicates of the handler only while a login is open [HN14]', async () => {
    const asked = { success: 0 };
    class CountingLogin extends LoginHandler {
      override isAuthSuccess(message: Parameters<LoginHandler['isAuthSuccess']>[0]): boolean {
        asked.success++;
        return super.isAuthSuccess(message);
      }
    }
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new CountingLogin() });
    const { success } = asked;
    await barrier(client);
    server.broadcast({ op: 'auth', success: true });
    await clientEvent(client, 'message');
    expect(asked.success).toBe(success);
  });

  it('keeps secrets out of the trace [CL29, CL30, CL43]', async () => {
    const server = await serve({ authentication: {} });
    class SigningLogin extends LoginHandler {
      override buildAuthMessage() {
        return JSON.stringify({
          op: 'auth',
          api_key: 'AAAA',
          signature: 'BBBB',
          nested: { password: 'CC"CC', token: 12345 },
        });
      }
    }
    const client = createClient(server, { handler: new SigningLogin() });
    const entries: string[] = [];
    const stop = client.trace((entry) => entries.push(JSON.stringify(entry)));
    await client.connect();
    const all = entries.join('\n');
    for (const secret of ['AAAA', 'BBBB', 'CC', '12345']) expect(all).not.toContain(secret);
    expect(all).toContain('characters of a login');
    expect(entries.map((entry) => JSON.parse(entry).type)).toEqual(
      expect.arrayContaining(['transition', 'frame', 'effect']),
    );
    stop();
    const { length } = entries;
    await barrier(client);
    expect(entries).toHaveLength(length);
    const { promise, resolve } = deferred<string>();
    client.trace((entry) => entry.type === 'frame' && resolve(entry.text));
    await client.send(new Uint8Array(9));
    expect(await promise).toBe('<9 bytes>');
  });
});

it('two refused calls of authenticate() leave later connections without a login [CL20, CL21]', async () => {
  const handler = new LoginHandler();
  handler.key = 'wrong';
  const { client, clock, drop } = await connectedWorld({
    handler,
    server: { key: 'right' },
    config: { authOnConnect: false },
  });
  const calls = [client.authenticate(), client.authenticate()];
  await clock.advance(100);
  for (const call of calls) expect(await outcome(call)).toHaveProperty('error');
  await drop();
  await clock.advance(60_000);
  expect([client.state, handler.built]).toEqual(['ready', 1]);
});

it('a refused call that joins a login of the server leaves later connections their login [CL20, CL21, HN21]', async () => {
  class SignalHandler extends LoginHandler {
    override extractSignal(message: Message): Signal | undefined {
      return message.field('op') === 'expired' ? { type: 'authenticate' } : undefined;
    }
  }
  const handler = new SignalHandler();
  handler.key = 'right';
  const { client, clock, peer } = await connectedWorld({ handler, server: { key: 'right' }, network: { latency: 10 } });
  handler.key = 'wrong';
  peer.send('{"op":"expired"}');
  await clock.advance(15);
  // The login of the server is under way; the next one is good.
  expect(handler.built).toBe(2);
  handler.key = 'right';
  const call = client.authenticate();
  call.catch(() => {});
  await clock.advance(5_000);
  expect(await outcome(call)).toHaveProperty('error');
  expect([client.state, client.epoch, handler.built]).toEqual(['ready', 2, 3]);
});
