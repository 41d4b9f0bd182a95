import {
  ConnectionClosedError,
  ConnectionFailedError,
  GenericJsonHandler,
  MessageTooLargeError,
  ProtocolError,
  type Socket,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { ownSockets } from '../support/own-sockets.js';
import { outcome } from '../support/virtual-world.js';

describe('a socket that was replaced', () => {
  it('is not heard any more, whatever it reports [RT2, C1]', async () => {
    const { client, clock, connect, errors, messages, nth, sockets } = ownSockets();
    await connect();
    const { events } = nth(0);
    events.onMessage('first');
    client.reconnect();
    await clock.advance(600);
    events.onMessage('late');
    events.onPing();
    events.onPong();
    events.onError({ cause: new Error('late') });
    events.onOpen();
    events.onClose({ code: 4_000, reason: 'late', wasClean: true });
    events.onClose({ code: 4_000, reason: 'twice', wasClean: true });
    await clock.advance(2_000);
    expect([messages, errors, sockets.length, client.state, client.epoch]).toEqual([['first'], [], 2, 'ready', 2]);
  });

  it('gets a second for the closing handshake, then it is dropped [CL22, C8]', async () => {
    const { client, clock, connect, nth } = ownSockets();
    await connect();
    client.reconnect('maintenance');
    expect(nth(0).calls).toEqual([expect.stringMatching(/^close 1000 /)]);
    await clock.advance(999);
    expect(nth(0).calls).toHaveLength(1);
    await clock.advance(1);
    expect(nth(0).calls.slice(1)).toEqual(['terminate']);
  });

  it('that has completed the handshake is not dropped [CL22]', async () => {
    const { client, clock, connect, nth } = ownSockets();
    await connect();
    client.reconnect();
    nth(0).events.onClose({ code: 1_000, reason: '', wasClean: true });
    await clock.advance(5_000);
    expect(nth(0).calls).toHaveLength(1);
  });
});

describe('a platform that cannot drop a socket', () => {
  const socket = { terminate: undefined } as unknown as Partial<Socket>;

  it('is asked to close it, and another one is opened [C1, RT2]', async () => {
    const config = { pingInterval: 1_000, pongTimeout: 500 };
    const { client, clock, connect, nth, sockets } = ownSockets({ config, socket });
    await connect();
    await clock.advance(1_700);
    expect(nth(0).calls).toEqual(['ping', 'close undefined undefined']);
    expect([sockets.length, client.state]).toEqual([2, 'ready']);
  });

  it('keeps no client open longer than its deadline, and no timer [C8, CL24]', async () => {
    const { client, clock, connect, nth } = ownSockets({ socket });
    await connect();
    let isClosed = false;
    void client.close({ code: 3_000, reason: 'bye', deadline: 400 }).then(() => {
      isClosed = true;
    });
    await clock.advance(399);
    expect([isClosed, nth(0).calls]).toEqual([false, ['close 3000 bye']]);
    await clock.advance(1);
    expect([isClosed, client.state, clock.pendingTimers]).toEqual([true, 'closed', 0]);
  });
});

describe('a socket that throws when it is closed or dropped', () => {
  it('does not keep the client from ending; the trace tells [C8, CL29]', async () => {
    const fails = (name: string) => () => {
      throw new Error(`${name} failed`);
    };
    const socket = { close: fails('close'), terminate: fails('terminate') };
    const { client, clock, connect, effects } = ownSockets({ socket });
    await connect();
    const closed = client.close();
    await clock.advance(1_000);
    await closed;
    const causes = effects('socketRefused').map((entry) => entry.type === 'effect' && entry.detail?.cause);
    expect([...new Set(causes)]).toEqual(['close failed', 'terminate failed']);
  });
});

describe('a socket that reports inside openSocket()', () => {
  it('may have opened already [RT2]', async () => {
    const { client, connect } = ownSockets({ onOpen: (events) => events.onOpen() });
    await connect();
    expect([client.state, client.epoch]).toEqual(['ready', 1]);
  });

  it('may have failed already: it is dropped, and the attempt has failed [RT2, CL5]', async () => {
    let opened = 0;
    const { client, clock, nth } = ownSockets({
      config: { reconnectInitialDelay: 100, reconnectJitter: 0 },
      onOpen: (events) => {
        if (opened++ > 0) return events.onOpen();
        events.onError({ cause: new Error('refused') });
        events.onClose({ code: 1_006, reason: '', wasClean: false });
      },
    });
    const failures: string[] = [];
    client.on('reconnecting', ({ cause }) => failures.push(cause.message));
    const connecting = client.connect();
    await clock.advance(200);
    await connecting;
    expect(failures).toEqual([expect.stringContaining('refused')]);
    expect([client.state, nth(0).calls]).toEqual(['ready', ['terminate']]);
  });
});

describe('the end of a socket', () => {
  const end = async (code: number, wasClean: boolean, cause?: Error) => {
    const { clock, connect, causes, errors, nth } = ownSockets();
    await connect();
    const { events } = nth(0);
    if (cause) events.onError({ cause });
    events.onClose({ code, reason: '', wasClean });
    await clock.advance(5);
    return { cause: causes[0], errors };
  };

  it.each([
    [1_009, MessageTooLargeError],
    [1_002, ProtocolError],
    [1_007, ProtocolError],
  ])('with %i, because this side refused a frame, is an error of its own [ER13]', async (code, kind) => {
    const { cause, errors } = await end(code, false, new Error('of the parser'));
    expect(cause).toBeInstanceOf(kind);
    expect(errors).toEqual([cause]);
    expect(cause).toMatchObject({ cause: { message: 'of the parser' } });
  });

  it.each([
    [1_009, true, new Error('x')],
    [1_009, false, undefined],
    [1_002, false, undefined],
    [1_007, true, undefined],
    [1_006, false, new Error('ECONNRESET')],
    [4_000, true, new Error('x')],
  ])('with %i (clean: %s) otherwise is a lost connection [ER13]', async (code, wasClean, failure) => {
    const { cause, errors } = await end(code, wasClean, failure);
    expect(cause).toBeInstanceOf(ConnectionClosedError);
    expect(cause).toMatchObject({ closeCode: code });
    expect(cause?.cause).toEqual(failure);
    expect(errors).toEqual([]);
  });

  it('has the first error as its cause, and comes a second after it at the latest [C1]', async () => {
    const { clock, connect, causes, nth } = ownSockets();
    await connect();
    const { events } = nth(0);
    events.onError({ cause: new Error('first') });
    await clock.advance(600);
    events.onError({ cause: new Error('second') });
    await clock.advance(399);
    expect(causes).toEqual([]);
    await clock.advance(1);
    expect(causes).toMatchObject([{ cause: { message: 'first' } }]);
    expect(nth(0).calls).toEqual(['terminate']);
  });
});

describe('what a socket reports', () => {
  it('in notes is in the trace [CL29]', async () => {
    const { connect, effects, nth } = ownSockets();
    await connect();
    nth(0).events.onNote?.('bulk reading is off');
    expect(effects('socketNote')).toMatchObject([{ detail: { note: 'bulk reading is off' } }]);
  });

  it('of pings counts for the rate limit: the platform has answered them [HN23]', async () => {
    const handler = new (class extends GenericJsonHandler {
      override readonly limits = { frames: { count: 2, window: 1_000, margin: 0 } };
    })();
    const { client, clock, connect, nth } = ownSockets({ handler });
    await connect();
    nth(0).events.onPing();
    for (const frame of ['a', 'b']) void client.send(frame);
    expect(nth(0).calls).toEqual(['send a']);
    await clock.advance(1_000);
    expect(nth(0).calls).toEqual(['send a', 'send b']);
  });
});

describe('what openSocket() gets', () => {
  it.each<[string | readonly string[] | undefined, readonly string[]]>([
    ['one', ['one']],
    [
      ['one', 'two'],
      ['one', 'two'],
    ],
    [undefined, []],
  ])('are the protocols %j as a list, and node options only if there are some [CF5, CF16]', async (given, list) => {
    const protocols = given as string[] | undefined;
    const { connect, nth } = ownSockets({ config: protocols === undefined ? {} : { protocols } });
    await connect();
    expect(nth(0).request.protocols).toEqual(list);
    expect('nodeOptions' in nth(0).request).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['no URL', { url: 'no url' }],
    ['a URL of another kind', 'https://test'],
  ])('is never %s from a url function: that attempt has failed [CF1, CL5]', async (_what, wrong) => {
    const answers: unknown[] = [wrong];
    const { client, clock, sockets } = ownSockets({
      config: { url: () => (answers.length > 0 ? answers.shift() : 'ws://test') as string },
    });
    const failures: Error[] = [];
    client.on('reconnecting', ({ cause }) => failures.push(cause));
    const connecting = client.connect();
    await clock.advance(1_000);
    await connecting;
    expect(failures).toEqual([expect.any(ConnectionFailedError)]);
    expect(failures[0]?.cause).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(sockets).toHaveLength(1);
  });

  it('never comes where code that saw the attempt in the trace has closed the client [CL24, C11]', async () => {
    const { client, clock, sockets } = ownSockets();
    client.trace((entry) => {
      if (entry.type === 'effect' && entry.effect === 'dial') void client.close();
    });
    const connecting = client.connect();
    connecting.catch(() => {});
    await clock.advance(5);
    expect(await outcome(connecting)).toHaveProperty('error');
    expect([sockets, client.state]).toEqual([[], 'closed']);
  });
});

describe('a refused upgrade', () => {
  it.each([
    [{ url: 'ws://test' }, false],
    [{ url: 'ws://user@test' }, true],
    [{ url: 'ws://:word@test' }, true],
    [{ url: () => 'ws://test' }, true],
    [{ url: 'ws://test', nodeOptions: { headers: { Authorization: 'x' } } }, true],
    [{ url: 'ws://test', nodeOptions: { headers: { COOKIE: 'x' } } }, true],
    [{ url: 'ws://test', nodeOptions: { headers: { 'proxy-authorization': 'x' } } }, false],
    [{ url: 'ws://test', nodeOptions: { headers: { 'cookie-policy': 'x' } } }, false],
    [{ url: 'ws://test', nodeOptions: {} }, false],
  ])('is a refused authentication only where credentials were sent: %j [HN16, C7]', async (config, isRefusal) => {
    const { client, clock } = ownSockets({
      config: { ...config, authMaxAttempts: 1 } as Partial<WebSocketConfigInput>,
      onOpen: (events) => {
        events.onError({ status: 403, cause: new Error('403') });
        events.onClose({ code: 1_006, reason: '', wasClean: false });
      },
    });
    client.connect().catch(() => {});
    await clock.advance(5);
    expect(client.state).toBe(isRefusal ? 'closed' : 'reconnecting');
  });
});

describe('pause() and resume()', () => {
  it('stop a platform that can stop reading, and leave any other alone [CL23]', async () => {
    const asked: string[] = [];
    const flow = { pause: () => void asked.push('pause'), resume: () => void asked.push('resume') };
    for (const socket of [flow, {}]) {
      const { client, connect, nth } = ownSockets({ socket });
      await connect();
      const channel = client.subscribe('a');
      channel.catch(() => {});
      client.pause();
      nth(0).events.onMessage('{"topic":"a","data":1}');
      client.resume();
    }
    expect(asked).toEqual(['pause', 'resume']);
  });
});

describe('a socket that opens', () => {
  it('opens once, whatever it reports, and the trace tells the host alone [CL5, CL29]', async () => {
    const { client, connect, effects, nth } = ownSockets({ config: { url: 'ws://test:8080/path?key=secret' } });
    let opened = 0;
    client.on('connected', () => opened++);
    await connect();
    nth(0).events.onOpen();
    expect([opened, client.epoch]).toEqual([1, 1]);
    expect(effects('dial')).toMatchObject([{ detail: { host: 'test:8080' } }]);
  });

  it('takes the protocol of the url function, also without a list [CF1, CF5]', async () => {
    const { connect, nth } = ownSockets({ config: { url: () => ({ url: 'ws://test', protocols: 'v2' }) } });
    await connect();
    expect(nth(0).request).toMatchObject({ url: 'ws://test', protocols: ['v2'] });
  });
});

describe('an attempt that fails', () => {
  it('without a reason names the close code, and the URL that was dialled [ER13]', async () => {
    const { client, clock } = ownSockets({
      config: { url: () => 'ws://other/feed' },
      onOpen: (events) => events.onClose({ code: 1_006, reason: '', wasClean: false }),
    });
    client.connect().catch(() => {});
    await clock.advance(0);
    expect(client.lastError?.message).toMatch(/other\/feed.*close code 1006/);
  });

  it('by a frame that the socket refuses has the reason of the socket as its cause [ER1, RT12]', async () => {
    const refusal = new Error('not open');
    const socket = {
      send: () => {
        throw refusal;
      },
    };
    const { client, clock, causes, connect } = ownSockets({ socket });
    await connect();
    client.send('a').catch(() => {});
    await clock.advance(1_000);
    expect(causes).toMatchObject([{ cause: { message: expect.stringContaining('not open'), cause: refusal } }]);
  });
});
