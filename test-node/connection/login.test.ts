import { AuthenticationFailedError, WebSocketClient } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, dropping, QUICK, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

describe('the login on connect', () => {
  it('leads to ready on success and emits each step [CL33, C2, HN14]', async () => {
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

  it('ends the client with a typed error on a final refusal [C7, CL7, HN15, ER2]', async () => {
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

  it('ends the client after authMaxAttempts refusals in a row [C7, CF8, HN15]', async () => {
    const server = await serve({ authentication: { refusals: Infinity } });
    const client = createClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 3 } });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(server.authAttempts).toBe(3);
    expect(client.state).toBe('closed');
  });

  it('is retried after fewer refusals, and a success resets the count [CF8, HN15]', async () => {
    const server = await serve({ authentication: { refusals: 2 } });
    const client = createClient(server, { handler: new LoginHandler(), config: { authMaxAttempts: 3 } });
    await client.connect();
    server.refuseAuthentication(2);
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(server.authAttempts).toBe(6);
    await barrier(client);
  });

  it('loses the attempt without an answer within authTimeout, which is not a refusal [CF8]', async () => {
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

  it('is not lost when a hook for signals fails on its answer [HN14]', async () => {
    class FailingHandler extends LoginHandler {
      override extractSignal(): undefined {
        throw new Error('no signal for today');
      }
    }
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new FailingHandler() });
    const errors: string[] = [];
    client.on('error', ({ code }) => errors.push(code));
    await client.connect();
    expect(errors).toEqual(['PROTOCOL_ERROR']);
  });

  it('may be signed asynchronously; a failed signature counts as a refusal [HN13, CL33]', async () => {
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

  it('waits at most authTimeout for a signature [HN13, CF8]', async () => {
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

  it('is repeated on the next connection after a drop before its answer [F9, C7]', async () => {
    const server = await serve({ authentication: {} });
    server.respondTo('"op":"auth"', dropping, { once: true });
    const client = createClient(server, { handler: new LoginHandler() });
    await client.connect();
    expect(server.connectionCount).toBe(2);
    await barrier(client);
  });

  it('counts HTTP 401 at the upgrade as a refusal [HN16, C7, CF8]', async () => {
    const server = await serve();
    server.refuseUpgrades({ status: 401 });
    const client = createClient(server, { config: { authMaxAttempts: 2 } });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    expect(server.upgradeAttempts).toBe(2);
    server.refuseUpgrades({ status: 403, times: 1 });
    await connectClient(server, { config: { authMaxAttempts: 2 } });
  });

  it('makes WebSocketClient.connect() close its client on a final refusal [CL3, C8]', async () => {
    const server = await serve({ authentication: { accepts: () => false } });
    const handler = new LoginHandler();
    handler.verdict = 'final';
    const connecting = WebSocketClient.connect({ url: server.url, ...QUICK }, handler);
    await expect(connecting).rejects.toBeInstanceOf(AuthenticationFailedError);
    await server.waitForIdle();
  });

  it('is settled by close() [CL7, C8, R1]', async () => {
    const server = await serve({ authentication: { success: [] } });
    const client = createClient(server, { handler: new LoginHandler() });
    const connecting = client.connect();
    await server.waitForMessage('auth');
    await client.close();
    await expect(connecting).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await server.waitForIdle();
  });
});
