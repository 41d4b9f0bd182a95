import {
  AuthenticationFailedError,
  GenericJsonHandler,
  type LoginSession,
  type Message,
  type WebSocketClient,
} from 'hpx-transport-ws';
import type { MockConnection } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { Deferred } from '../../src/util/deferred.js';
import { barrier, clientEvent, createClient, QUICK, serve } from '../support/live.js';
import { outcome, virtualWorld } from '../support/virtual-world.js';

const named = (name: string) => (message: Message) => message.field('op') === name;

/** Answers the challenge of the server, which comes by itself. */
class ChallengeHandler extends GenericJsonHandler {
  logins = 0;
  override async login({ send, receive }: LoginSession) {
    this.logins++;
    const challenge = await receive(named('challenge'));
    send(JSON.stringify({ op: 'proof', answer: `${challenge.field('nonce')}!` }));
    const verdict = await receive(named('verdict'));
    if (verdict.field('is') === 'never') throw new AuthenticationFailedError('never', { retryable: false });
    if (verdict.field('is') === 'later') throw new AuthenticationFailedError('later', { retryable: true });
    if (verdict.field('is') !== 'yes') throw new Error('refused');
  }
}

/** A server that greets, challenges, and judges. */
async function challenging(verdicts: string[] = []) {
  const server = await serve();
  const challenge = (connection: MockConnection) => {
    connection.send({ op: 'welcome', session: 1 });
    connection.send({ op: 'challenge', nonce: 'n-1' });
  };
  server.onConnection(challenge);
  server.respondTo('"op":"proof"', (text) => {
    const is = text.includes('"n-1!"') ? (verdicts.shift() ?? 'yes') : 'no';
    return { op: 'verdict', is };
  });
  return { server, challenge };
}

function messagesOf(client: WebSocketClient): unknown[] {
  const messages: unknown[] = [];
  client.on('message', ({ json }) => messages.push(json));
  return messages;
}

describe('login()', () => {
  it('answers a challenge that came before it asked, and what it skipped is routed afterwards [HN46, HN47]', async () => {
    const { server } = await challenging();
    const client = createClient(server, { handler: new ChallengeHandler() });
    const messages = messagesOf(client);
    const events: string[] = [];
    for (const event of ['connected', 'authenticated', 'ready'] as const)
      client.on(event, () => void events.push(event));
    client.on('message', () => events.push('message'));
    await client.connect();
    expect(messages).toEqual([{ op: 'welcome', session: 1 }]);
    expect(events).toEqual(['connected', 'message', 'authenticated', 'ready']);
    expect(await client.request({ op: 'order' })).toBeTruthy();
  });

  it('is asked on every connection [HN46]', async () => {
    const { server } = await challenging();
    const handler = new ChallengeHandler();
    const client = createClient(server, { handler });
    await client.connect();
    server.dropAll();
    await clientEvent(client, 'reconnected');
    expect(handler.logins).toBe(2);
  });

  it('that throws is refused and counted; a retryable refusal is not; a final one ends the client [HN48]', async () => {
    const { server } = await challenging(['no', 'later', 'later', 'yes']);
    const handler = new ChallengeHandler();
    const client = createClient(server, { handler, config: { authMaxAttempts: 2 } });
    await client.connect();
    expect(handler.logins).toBe(4);
    const final = await challenging(['never']);
    const other = createClient(final.server, { handler: new ChallengeHandler() });
    await expect(other.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
    const counted = await challenging(['no', 'no', 'yes']);
    const third = createClient(counted.server, { handler: new ChallengeHandler(), config: { authMaxAttempts: 2 } });
    await expect(third.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });

  it('is bounded by authTimeout, and learns of the end of its connection [HN49]', async () => {
    const ends: string[] = [];
    class PatientHandler extends GenericJsonHandler {
      override async login({ receive, send, signal }: LoginSession) {
        signal.addEventListener('abort', () => ends.push('aborted'));
        await receive(named('nothing')).catch((error: { code: string }) => ends.push(error.code));
        try {
          send('{"op":"late"}');
        } catch (error) {
          ends.push((error as { code: string }).code);
        }
      }
    }
    const server = await serve();
    const client = createClient(server, { handler: new PatientHandler(), config: { authTimeout: 20, ...QUICK } });
    const connecting = client.connect({ timeout: 2_000 });
    connecting.catch(() => {});
    await clientEvent(client, 'disconnected');
    await client.close();
    expect(ends.slice(0, 3).sort()).toEqual(['CONNECTION_CLOSED', 'CONNECTION_CLOSED', 'aborted']);
    expect(server.received.some(({ data }) => String(data).includes('late'))).toBe(false);
  });

  it('inside a live session gets the frames that it waits for, and all others go on [HN50]', async () => {
    const { server, challenge } = await challenging();
    const client = createClient(server, { handler: new ChallengeHandler() });
    await client.connect();
    const channel = await client.subscribe('a');
    const updates: unknown[] = [];
    channel.on('message', (data) => updates.push(data));
    const refreshed = client.authenticate();
    server.publish('a', 1);
    for (const connection of server.connections) challenge(connection);
    await refreshed;
    await barrier(client);
    expect(updates).toEqual([1]);
    expect(client.epoch).toBe(1);
  });

  it('gets the frame that asked for it: a challenge inside a live session [HN50]', async () => {
    class RenewingHandler extends ChallengeHandler {
      override extractSignal(message: Message) {
        return message.field('op') === 'challenge' ? ({ type: 'authenticate' } as const) : undefined;
      }
    }
    const { server } = await challenging();
    const handler = new RenewingHandler();
    const client = createClient(server, { handler });
    await client.connect();
    const renewed = clientEvent(client, 'authenticated');
    server.broadcast({ op: 'challenge', nonce: 'n-1' });
    await renewed;
    expect(handler.logins).toBe(2);
    expect(client.epoch).toBe(1);
  });

  it('hands out what it kept when the server ends the connection, and then judges the close [HN47]', async () => {
    class IdleHandler extends GenericJsonHandler {
      override async login({ receive }: LoginSession) {
        await receive(named('nothing'));
      }
      override classifyClose({ code }: { code: number }) {
        return code === 4003 ? 'fatal' : 'retry';
      }
    }
    const server = await serve();
    server.onConnection((connection) => {
      connection.send({ op: 'notice', text: 'key revoked' });
      connection.close(4003, 'key revoked');
    });
    const client = createClient(server, { handler: new IdleHandler() });
    const messages = messagesOf(client);
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(messages).toEqual([{ op: 'notice', text: 'key revoked' }]);
  });

  it('judges the close of the server, whatever notice it kept [HN47]', async () => {
    class PatientHandler extends GenericJsonHandler {
      override async login({ receive }: LoginSession) {
        await receive(named('nothing'));
      }
      override shouldReconnect(message: Message) {
        return message.field('op') === 'notice';
      }
      override classifyClose({ code }: { code: number }) {
        return code === 4003 ? 'fatal' : 'retry';
      }
    }
    const server = await serve();
    server.onConnection((connection) => {
      connection.send({ op: 'notice' });
      connection.close(4003, 'key revoked');
    });
    const client = createClient(server, { handler: new PatientHandler() });
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', retryable: false });
  });

  it('heeds a signal in what it takes and in what it skips [HN47]', async () => {
    const heeded: unknown[] = [];
    class SignalHandler extends ChallengeHandler {
      override extractSignal(message: Message) {
        heeded.push(message.field('op'));
        return undefined;
      }
    }
    const { server } = await challenging();
    const client = createClient(server, { handler: new SignalHandler() });
    await client.connect();
    expect(heeded).toEqual(['challenge', 'verdict', 'welcome']);
  });

  it('that is refused for good ends the client, whatever notice it skipped [HN48]', async () => {
    class NoticeHandler extends ChallengeHandler {
      override shouldReconnect(message: Message) {
        return message.field('op') === 'notice';
      }
    }
    const { server } = await challenging(['never']);
    server.onConnection((connection) => connection.send({ op: 'notice' }));
    const client = createClient(server, { handler: new NoticeHandler() });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
    expect(await client.closed).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('keeps at most 1 024 frames [HN49]', async () => {
    class LateHandler extends GenericJsonHandler {
      override async login({ signal }: LoginSession) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      }
    }
    const server = await serve();
    server.onConnection((connection) => {
      for (let number = 1; number <= 1_025; number++) connection.send({ op: 'noise', number });
    });
    const client = createClient(server, { handler: new LateHandler() });
    const messages = messagesOf(client);
    const connecting = client.connect();
    connecting.catch(() => {});
    const [{ cause }] = await clientEvent(client, 'disconnected');
    expect(cause).toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: true });
    expect(messages).toHaveLength(1_025);
  });

  it('shows neither its frames nor those that came meanwhile in a trace [HN51]', async () => {
    const { server } = await challenging();
    const client = createClient(server, { handler: new ChallengeHandler() });
    const shown: string[] = [];
    client.trace((entry) => shown.push(JSON.stringify(entry)));
    await client.connect();
    expect(shown.join('\n')).not.toMatch(/n-1|verdict/);
    expect(shown.join('\n')).toContain('characters of a login');
  });
});

/** A login that a test carries out itself. */
async function openLogin() {
  const sessions: LoginSession[] = [];
  const login = new Deferred<void>();
  const handler = new (class extends GenericJsonHandler {
    override login(session: LoginSession): Promise<void> {
      sessions.push(session);
      return login.promise;
    }
  })();
  const world = virtualWorld({ handler });
  void world.client.connect();
  await world.clock.advance(10);
  const said = async (...numbers: number[]) => {
    for (const n of numbers) world.peer.sendJson({ n });
    await world.clock.advance(5);
  };
  return { ...world, session: sessions[0] as LoginSession, login, said };
}

const CLOSED = { code: 'CONNECTION_CLOSED' };

describe('the session of a login()', () => {
  it('gives each frame to one receive(), in order, whether it waited or comes later [HN46]', async () => {
    const { said, session } = await openLogin();
    await said(1, 2);
    const calls = [session.receive(), session.receive(), session.receive(), session.receive()];
    await said(3, 4);
    expect((await Promise.all(calls)).map((message) => message.json)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  });

  it('gives a frame to the first receive() that it fits, and keeps it where it fits none [HN46]', async () => {
    const { said, session } = await openLogin();
    const numbered = (n: number) => (message: Message) => message.field('n') === n;
    await said(1, 2, 3);
    expect((await session.receive(numbered(2))).json).toEqual({ n: 2 });
    const [fourth, first] = [session.receive(numbered(4)), session.receive(numbered(1))];
    expect((await first).json).toEqual({ n: 1 });
    await said(4);
    expect((await fourth).json).toEqual({ n: 4 });
    expect((await session.receive()).json).toEqual({ n: 3 });
  });

  it('rejects a receive() whose match throws, and no other; the frame is still to be had [HN46]', async () => {
    const { said, session } = await openLogin();
    const bad = () => {
      throw new Error('bad match');
    };
    await said(1);
    await expect(session.receive(bad)).rejects.toThrow('bad match');
    expect((await session.receive()).json).toEqual({ n: 1 });
    const [waiting, next] = [session.receive(bad), session.receive()];
    waiting.catch(() => {});
    await said(2);
    expect(await outcome(waiting)).toMatchObject({ error: { message: 'bad match' } });
    expect((await next).json).toEqual({ n: 2 });
  });

  it('is over with the login: nothing is sent or received any more, and its signal does not abort [HN49]', async () => {
    const { client, clock, login, said, sent, session } = await openLogin();
    const waiting = session.receive();
    login.resolve();
    await clock.advance(10);
    expect(client.state).toBe('ready');
    await expect(waiting).rejects.toMatchObject(CLOSED);
    await expect(session.receive()).rejects.toMatchObject(CLOSED);
    expect(() => session.send('{"op":"late"}')).toThrow(expect.objectContaining({ ...CLOSED, delivery: 'unsent' }));
    await said(1);
    expect([sent, session.signal.aborted]).toEqual([[], false]);
  });

  it('aborts its signal when the login fails or its connection ends [HN49]', async () => {
    const refused = await openLogin();
    refused.login.reject(new Error('no'));
    await refused.clock.advance(1);
    const lost = await openLogin();
    await lost.drop();
    expect([refused.session.signal.aborted, lost.session.signal.aborted]).toEqual([true, true]);
  });
});
