import { AuthenticationFailedError, GenericJsonHandler, type LoginSession, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { LoginHandler } from '../support/login-handler.js';
import { outcome, virtualWorld } from '../support/virtual-world.js';

type World = ReturnType<typeof virtualWorld>;

/** A client that authenticates; its events, and what the trace says of logins. */
function watched(handler: GenericJsonHandler, options: Parameters<typeof virtualWorld>[0] = {}) {
  const world = virtualWorld({ handler, ...options });
  const { client, clock, drop, sent } = world;
  const messages: string[] = [];
  const accepted: unknown[] = [];
  let authenticated = 0;
  client.on('message', ({ text }) => messages.push(text));
  client.on('authenticated', () => authenticated++);
  client.trace((entry) => {
    if (entry.type === 'effect' && entry.effect === 'authentication') accepted.push(entry.detail?.accepted);
  });
  return {
    client,
    clock,
    drop,
    sent,
    messages,
    /** How each login ended, as the trace says. */
    accepted,
    get authenticated() {
      return authenticated;
    },
    connecting: async () => {
      const connecting = client.connect();
      connecting.catch(() => {});
      await world.clock.advance(100);
    },
  };
}

const auths = ({ sent }: Pick<World, 'sent'>) => sent.filter(({ op }) => op === 'auth').map(({ key }) => key);

describe('a login', () => {
  it('that is accepted is told once, and its answer to nobody [CL15, HN13]', async () => {
    const world = watched(new LoginHandler(), { server: { key: 'secret' } });
    await world.connecting();
    expect([world.client.state, world.authenticated, world.accepted, world.messages]).toEqual(['ready', 1, [true], []]);
  });

  it.each([true, 'final', 'retry'] as const)(
    'that is refused is told in the trace alone: %s [HN14]',
    async (verdict) => {
      const handler = new LoginHandler();
      handler.verdict = verdict;
      const world = watched(handler, { server: { key: 'right' }, config: { authMaxAttempts: 2 } });
      await world.connecting();
      expect([world.authenticated, world.accepted[0], world.messages]).toEqual([0, false, []]);
      await world.clock.advance(120_000);
      expect([world.messages, new Set(world.accepted)]).toEqual([[], new Set([false])]);
      // A refusal for now is not counted.
      const logins = { true: 2, final: 1, retry: expect.any(Number) };
      expect(handler.built).toEqual(logins[`${verdict}`]);
      expect(world.client.state === 'closed').toBe(verdict !== 'retry');
    },
  );

  it.each(['build', 'read'])('that the handler cannot %s has the reason as its cause [HN56, ER1]', async (what) => {
    const thrown = new Error('no key');
    class Broken extends LoginHandler {
      override buildAuthMessage(): string | Promise<string> {
        if (what === 'build') throw thrown;
        return super.buildAuthMessage();
      }
      override isAuthSuccess(message: Message): boolean {
        if (message.field('op') === 'auth') throw thrown;
        return false;
      }
    }
    const world = watched(new Broken(), { server: { key: 'secret' }, config: { authMaxAttempts: 1 } });
    await world.connecting();
    expect([world.client.lastError, world.messages]).toMatchObject([
      { code: 'AUTHENTICATION_FAILED', cause: thrown },
      [],
    ]);
  });
});

describe('authenticate()', () => {
  const config = { authOnConnect: false, authTimeout: 1_000 };

  it('that is refused emits nothing, and keeps the connection replaceable [CL20, CL22]', async () => {
    const handler = new LoginHandler();
    handler.verdict = 'final';
    const world = watched(handler, { server: { key: 'right' }, config });
    await world.connecting();
    const call = world.client.authenticate();
    call.catch(() => {});
    await world.clock.advance(100);
    expect(await outcome(call)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED', retryable: false } });
    expect([world.authenticated, world.client.state, world.client.epoch]).toEqual([0, 'ready', 1]);
    world.client.reconnect();
    await world.clock.advance(2_000);
    expect([world.client.state, world.client.epoch]).toEqual(['ready', 2]);
  });

  it('rejects with what the handler says where no frame can be built [CL20, HN56]', async () => {
    class Broken extends LoginHandler {
      override buildAuthMessage(): string {
        throw new AuthenticationFailedError('no key for this account', { retryable: true });
      }
    }
    const world = watched(new Broken(), { config });
    await world.connecting();
    const call = world.client.authenticate();
    call.catch(() => {});
    await world.clock.advance(10);
    expect(await outcome(call)).toMatchObject({ error: { message: 'no key for this account' } });
  });

  it('whose frame comes too late sends nothing, also beside a later call [CL20, CF8]', async () => {
    const built: ((frame: string) => void)[] = [];
    class Slow extends LoginHandler {
      override buildAuthMessage(): Promise<string> {
        return new Promise((resolve) => built.push(resolve));
      }
    }
    const world = watched(new Slow(), { server: { key: 'second' }, config });
    await world.connecting();
    const first = world.client.authenticate();
    first.catch(() => {});
    await world.clock.advance(1_000);
    expect(await outcome(first)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED', retryable: true } });
    built[0]?.('{"op":"auth","key":"first"}');
    await world.clock.advance(10);
    expect(auths(world)).toEqual([]);
    const [third, fourth] = [world.client.authenticate(), world.client.authenticate()];
    expect(built).toHaveLength(2);
    built[1]?.('{"op":"auth","key":"second"}');
    await world.clock.advance(10);
    expect([await outcome(third), await outcome(fourth), auths(world)]).toEqual([undefined, undefined, ['second']]);
  });

  it('whose frame comes after the connection was lost sends nothing [CL20, C3]', async () => {
    const built: ((frame: string) => void)[] = [];
    class Slow extends LoginHandler {
      override buildAuthMessage(): Promise<string> {
        return new Promise((resolve) => built.push(resolve));
      }
    }
    const world = watched(new Slow(), { server: { key: 'right' }, config: { ...config, authTimeout: 10_000 } });
    await world.connecting();
    const call = world.client.authenticate();
    await world.clock.advance(10);
    await world.drop();
    await world.clock.advance(2_000);
    expect(built).toHaveLength(2);
    built[0]?.('{"op":"auth","key":"of the first connection"}');
    await world.clock.advance(10);
    expect(auths(world)).toEqual([]);
    built[1]?.('{"op":"auth","key":"right"}');
    await world.clock.advance(100);
    expect([await outcome(call), auths(world), world.client.state]).toEqual([undefined, ['right'], 'ready']);
  });
});

describe('a login() of its own', () => {
  /** Writes two frames, and ends when the test says so. One frame leaves in a second. */
  class TwoFrames extends GenericJsonHandler {
    override readonly limits = { frames: { count: 1, window: 1_000, margin: 0 } };
    readonly ends: { resolve: () => void; reject: (cause: unknown) => void }[] = [];
    override login({ send }: LoginSession): Promise<void> {
      send(['{"op":"one"}', '{"op":"two"}']);
      return new Promise((resolve, reject) => this.ends.push({ resolve, reject }));
    }
  }
  const ops = ({ sent }: Pick<World, 'sent'>) => sent.map(({ op }) => op);
  const slow = { useWebsocketPing: false, reconnectInitialDelay: 100, reconnectJitter: 0 };

  it('that ends well keeps what has not left; one that fails takes it back [HN46, CL20]', async () => {
    for (const isRefused of [false, true]) {
      const handler = new TwoFrames();
      const world = watched(handler, { config: { ...slow, authMaxAttempts: 1 } });
      await world.connecting();
      expect(ops(world)).toEqual(['one']);
      if (isRefused) handler.ends[0]?.reject(new Error('refused'));
      else handler.ends[0]?.resolve();
      await world.clock.advance(5_000);
      expect([ops(world), world.client.state]).toEqual(isRefused ? [['one'], 'closed'] : [['one', 'two'], 'ready']);
    }
  });

  it('of a connection that was lost decides nothing about the next one [HN46, C3]', async () => {
    const handler = new TwoFrames();
    const world = watched(handler, { config: { ...slow, authMaxAttempts: 2, authTimeout: 60_000 } });
    await world.connecting();
    await world.drop();
    await world.clock.advance(1_000);
    await world.drop();
    await world.clock.advance(5_000);
    expect([handler.ends.length, world.client.state]).toEqual([3, 'authenticating']);
    handler.ends[0]?.resolve();
    handler.ends[1]?.reject(new Error('refused'));
    await world.clock.advance(10);
    expect([world.client.state, world.accepted]).toEqual(['authenticating', []]);
    handler.ends[2]?.resolve();
    await world.clock.advance(10);
    expect([world.client.state, world.accepted]).toEqual(['ready', [true]]);
  });
});
