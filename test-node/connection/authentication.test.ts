import { AuthenticationFailedError, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  clientEvent,
  connectClient,
  createClient,
  deferred,
  dropping,
  framesOf,
  QUICK,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

describe('on connect', () => {
  it('success leads to ready, and each step is told [CL33, C2, HN14]', async () => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler() });
    const events: string[] = [];
    client.on('stateChange', (state, previous, { event }) => events.push(`${previous} → ${state} (${event})`));
    for (const event of ['connecting', 'connected', 'authenticated', 'ready'] as const) {
      client.on(event, () => void events.push(event));
    }
    await client.connect();
    expect(events).toEqual([
      'disconnected → connecting (connect)',
      'connecting',
      'connecting → connected (opened)',
      'connected',
      'connected → authenticating (challenged)',
      'authenticating → ready (established)',
      'authenticated',
      'ready',
    ]);
    expect(server.authAttempts).toBe(1);
  });

  it('a final refusal stops the client with a typed error [C7, CL7, HN15, ER2]', async () => {
    const server = await serve({ authentication: { accepts: () => false } });
    const handler = new LoginHandler();
    handler.verdict = 'final';
    const client = createClient(server, { handler });
    const waiting = client.request({ op: 'order' });
    const subscribing = client.subscribe('a');
    const connecting = client.connect();
    await expect(connecting).rejects.toBeInstanceOf(AuthenticationFailedError);
    await expect(connecting).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
    await expect(waiting).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', delivery: 'unsent' });
    await expect(subscribing).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(client.state).toBe('closed');
    expect((await client.closed).error).toBeInstanceOf(AuthenticationFailedError);
    await server.waitForIdle();
    expect(server.authAttempts).toBe(1);
  });

  it('authMaxAttempts refusals in a row stop the client [C7, CF8, HN15]', async () => {
    const server = await serve({ authentication: { refusals: Infinity } });
    const client = createClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 3 } });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(server.authAttempts).toBe(3);
    expect(client.state).toBe('closed');
  });

  it('fewer are tried again, and a success lets them count from one again [CF8, HN15]', async () => {
    const server = await serve({ authentication: { refusals: 2 } });
    const client = createClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 3 } });
    await client.connect();
    server.refuseAuthentication(2);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(server.authAttempts).toBe(6);
    await barrier(client);
  });

  it('no answer within authTimeout is a lost attempt, and counts as no refusal [CF8]', async () => {
    const server = await serve({ authentication: {} });
    let asked = 0;
    server.respondTo('"op":"auth"', (_text, connection) => {
      if (++asked < 4) return [];
      connection.authenticated = true;
      return { op: 'auth', success: true };
    });
    const client = createClient(server, {
      handler: new LoginHandler(),
      config: { authTimeout: 15, authMaxAttempts: 1 },
    });
    await client.connect();
    expect(asked).toBe(4);
  });

  it('signing may be asynchronous; a signer that fails counts as a refusal [HN13, CL33]', async () => {
    class AsyncLogin extends LoginHandler {
      failures = 1;
      override async buildAuthMessage() {
        if (this.failures-- > 0) throw new Error('the key store is locked');
        return super.buildAuthMessage();
      }
    }
    const server = await serve({ authentication: {} });
    const handler = new AsyncLogin();
    const client = createClient(server, { handler });
    await client.connect();
    expect(server.authAttempts).toBe(1);
    const doomed = new AsyncLogin();
    doomed.failures = Infinity;
    const other = createClient(server, { handler: doomed });
    await expect(other.connect()).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      message: expect.stringContaining('the key store is locked'),
    });
  });

  it('a signer that never answers is bounded by authTimeout [HN13, CF8]', async () => {
    class StuckLogin extends LoginHandler {
      override buildAuthMessage(): string | Promise<string> {
        return this.built++ === 0 ? new Promise<string>(() => {}) : super.buildAuthMessage();
      }
    }
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new StuckLogin(), config: { authTimeout: 15 } });
    await client.connect();
    expect(server.connectionCount).toBe(2);
  });

  it('a drop between the login and its answer is survived [F9, C7]', async () => {
    const server = await serve({ authentication: {} });
    server.respondTo('"op":"auth"', dropping, { once: true });
    const client = createClient(server, { handler: new LoginHandler() });
    await client.connect();
    expect(server.connectionCount).toBe(2);
    await barrier(client);
  });

  it('HTTP 401 at the upgrade counts as a refusal [HN16, C7, CF8]', async () => {
    const server = await serve();
    server.refuseUpgrades({ status: 401 });
    const client = createClient(server, { config: { authMaxAttempts: 2 } });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(server.upgradeAttempts).toBe(2);
    server.refuseUpgrades({ status: 403, times: 1 });
    await connectClient(server, { config: { authMaxAttempts: 2 } });
  });

  it('the static connect closes what it made where the login fails for good [CL3, C8]', async () => {
    const server = await serve({ authentication: { accepts: () => false } });
    const handler = new LoginHandler();
    handler.verdict = 'final';
    const connecting = WebSocketClient.connect({ url: server.url, ...QUICK }, handler);
    await expect(connecting).rejects.toBeInstanceOf(AuthenticationFailedError);
    await server.waitForIdle();
  });

  it('close() during the login settles everything [CL7, C8, R1]', async () => {
    const server = await serve({ authentication: { success: [] } });
    const client = createClient(server, { handler: new LoginHandler() });
    const connecting = client.connect();
    await server.waitForMessage('auth');
    await client.close();
    await expect(connecting).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await server.waitForIdle();
  });
});

describe('authenticate()', () => {
  it('refreshes inside the live session, with new credentials [CL20]', async () => {
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

  it('a refusal rejects and leaves the connection [CL20]', async () => {
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new LoginHandler() });
    server.refuseAuthentication(1);
    await expect(client.authenticate()).rejects.toBeInstanceOf(AuthenticationFailedError);
    expect(client.state).toBe('ready');
    await barrier(client);
    expect(server.connectionCount).toBe(1);
    await client.authenticate();
  });

  it('refusals count in a row: a refresh that succeeds ends the row [CF8, CL20]', async () => {
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

  it('with authOnConnect false it is the first login, and later connections log in by themselves [CL20, CL21]', async () => {
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

  it('one that was refused the first time is not repeated on later connections [CL20, CL21]', async () => {
    const server = await serve({ authentication: { refusals: 1, required: false } });
    const handler = new LoginHandler();
    const client = await connectClient(server, { handler, config: { authOnConnect: false } });
    await expect(client.authenticate()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    const back = clientEvent(client, 'reconnected');
    server.dropAll();
    await back;
    expect(handler.built).toBe(1);
  });

  it('before ready it waits for the connection, and logs in once [CL20]', async () => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler(), config: { authOnConnect: false } });
    const first = client.authenticate();
    await client.connect();
    await first;
    expect(server.authAttempts).toBe(1);
  });

  it('a drop under a refresh is followed by a login on the next connection, which settles it [CL20, R1]', async () => {
    const server = await serve({ authentication: {} });
    const client = await connectClient(server, { handler: new LoginHandler() });
    server.respondTo('"op":"auth"', dropping, { once: true });
    await client.authenticate();
    expect(client.epoch).toBe(2);
    expect(server.authAttempts).toBe(2);
  });

  it('a protocol without a login rejects [CL20]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    await expect(client.authenticate()).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(client.state).toBe('ready');
  });

  it('the server may ask for it [HN21]', async () => {
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

  it('predicates are asked while a login is open alone [HN14]', async () => {
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

  it('secrets do not reach the trace [CL29, CL30]', async () => {
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
    expect(all).toContain('\\"op\\":\\"auth\\"');
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
