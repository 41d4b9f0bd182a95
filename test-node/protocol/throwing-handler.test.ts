import { GenericJsonHandler, type Message, ProtocolError, type TransportError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  outcomeOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';
import { connectedWorld, outcome } from '../support/virtual-world.js';

describe('a handler that throws', () => {
  const boom = (): never => {
    throw new Error('boom');
  };

  it.each<keyof GenericJsonHandler & string>([
    'classifyMessage',
    'extractRequestId',
    'extractTopic',
    'isServerPing',
    'isPongResponse',
    'replyTo',
    'extractServerRequest',
    'shouldReconnect',
    'extractSignal',
    'split',
    'extractSequence',
  ])('in %s loses the frame and is reported [HN30]', async (method) => {
    let isBroken = false;
    class BrokenHandler extends GenericJsonHandler {}
    const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
    Object.defineProperty(BrokenHandler.prototype, method, {
      value(...args: unknown[]) {
        return isBroken ? boom() : original.apply(this, args);
      },
    });
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    isBroken = true;
    const dropped = ['extractRequestId', 'isServerPing', 'isPongResponse', 'replyTo', 'extractServerRequest'];
    const frame = dropped.includes(method) ? { op: 'other' } : { topic: 'a', data: 'lost' };
    const wanted = ['shouldReconnect', 'extractSignal'].includes(method) ? { op: 'other' } : frame;
    server.broadcast(wanted);
    await clientEvent(client, 'error');
    isBroken = false;
    server.publish('a', 'kept');
    await got.until(1);
    await barrier(client);
    expect(got.items.at(-1)).toBe('kept');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(ProtocolError);
    expect(errors[0]?.message).toContain('boom');
    expect(client.epoch).toBe(1);
  });

  it('in injectRequestId or generateRequestId rejects only the request [HN30, CL10, ER3]', async () => {
    for (const method of ['injectRequestId', 'generateRequestId'] as const) {
      let isBroken = true;
      class BrokenHandler extends GenericJsonHandler {}
      const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
      Object.defineProperty(BrokenHandler.prototype, method, {
        value(...args: unknown[]) {
          return isBroken ? boom() : original.apply(this, args);
        },
      });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      const outcome = await outcomeOf(client.request({ op: 'order' }));
      expect(outcome, method).toMatchObject({ error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' } });
      isBroken = false;
      await barrier(client);
      expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
    }
  });

  it('in generateRequestId for a subscribe frame rejects only that subscription [HN30, S6]', async () => {
    let isBroken = true;
    class BrokenHandler extends GenericJsonHandler {
      override generateRequestId(): undefined {
        if (isBroken) boom();
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    await expect(client.subscribe('a', { timeout: 200 })).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED' });
    isBroken = false;
    await client.subscribe('b');
    expect([...server.subscriptions]).toEqual(['b']);
  });

  it('in extractError or extractResult rejects the request as unknown [HN30, HN11]', async () => {
    for (const method of ['extractError', 'extractResult'] as const) {
      class BrokenHandler extends GenericJsonHandler {}
      Object.defineProperty(BrokenHandler.prototype, method, { value: boom });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      const call = client.request({ op: 'order' });
      await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unknown' });
      expect(client.stats().pendingRequests).toBe(0);
    }
  });

  it('in buildSubscribe or canonicalTopic rejects the subscribe [HN30, CH9]', async () => {
    for (const method of ['buildSubscribe', 'canonicalTopic'] as const) {
      let isBroken = true;
      class BrokenHandler extends GenericJsonHandler {}
      const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
      Object.defineProperty(BrokenHandler.prototype, method, {
        value(...args: unknown[]) {
          return isBroken ? boom() : original.apply(this, args);
        },
      });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      await expect(client.subscribe('a')).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED', topic: 'a' });
      isBroken = false;
      await client.subscribe('a');
      expect([...server.subscriptions]).toEqual(['a']);
    }
  });

  it('in buildUnsubscribe is reported, and unsubscribe() resolves [HN30, S3]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override buildUnsubscribe = boom;
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const failed = clientEvent(client, 'error');
    await channel.unsubscribe();
    expect((await failed)[0]).toBeInstanceOf(ProtocolError);
    await barrier(client);
  });

  it('in isSubscriptionSuccess rejects subscribe() [HN30, CH9]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override isSubscriptionSuccess = boom;
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    await expect(client.subscribe('a')).rejects.toMatchObject({ code: 'PROTOCOL_ERROR' });
  });

  it('in extractError during a refused resubscription closes or resumes the channel [HN30, S4]', async () => {
    let isBroken = false;
    class BrokenHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message): boolean {
        return message.text.includes('"success":true');
      }
      override extractError(message: Message) {
        return isBroken ? boom() : super.extractError(message);
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    isBroken = true;
    server.refuseTopic('a');
    const ends = Promise.race([
      channelEvent(channel, 'close').then(() => 'closed'),
      channelEvent(channel, 'resumed').then(() => 'resumed'),
    ]);
    client.once('error', () => {
      isBroken = false;
      server.acceptTopic('a');
    });
    server.dropAll();
    expect(['closed', 'resumed']).toContain(await ends);
  });

  it('in onConnect, buildPing, buildCancel, redact and classifyClose does not stop the client [HN30]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      greetings = 0;
      override onConnect(): undefined {
        if (this.greetings++ === 0) boom();
      }
      override buildPing = boom;
      override buildCancel = boom;
      override redact = boom;
      override classifyClose = boom;
    }
    const server = await serve();
    server.respondTo('held', []);
    const handler = new BrokenHandler();
    const client = createClient(server, { handler, config: { useWebsocketPing: false, pingInterval: 5 } });
    const errors: string[] = [];
    client.on('error', ({ message }) => errors.push(message));
    client.trace(() => {});
    await client.connect();
    const controller = new AbortController();
    const call = client.request({ op: 'held' }, { signal: controller.signal });
    controller.abort('no');
    await expect(call).rejects.toBe('no');
    await clientEvent(client, 'error', ({ message }) => message.includes('ping'));
    server.dropAll();
    await clientEvent(client, 'reconnected');
    await barrier(client);
    for (const part of ['buildCancel', 'ping', 'classifyClose']) {
      expect(errors.some((message) => message.includes(part))).toBe(true);
    }
  });

  it('in an authentication predicate counts as a refusal [HN30, HN14, DL22]', async () => {
    class BrokenLogin extends LoginHandler {
      override isAuthSuccess(message: Message): boolean {
        return message.text.includes('poison') ? boom() : super.isAuthSuccess(message);
      }
    }
    const server = await serve({ authentication: { success: { op: 'auth', success: true, poison: 1 } } });
    const client = createClient(server, { handler: new BrokenLogin(), config: { authMaxAttempts: 2 } });
    const failed = await outcomeOf(client.connect());
    expect(failed).toMatchObject({
      error: { code: 'AUTHENTICATION_FAILED', message: expect.stringContaining('boom') },
    });
    expect(framesOf(server).filter(({ op }) => op === 'auth')).toHaveLength(2);
  });

  it('in extractData loses the update and is reported on the channel [HN30, CH2]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override extractData(message: Message): unknown {
        return message.text.includes('poison') ? boom() : super.extractData(message);
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const failed = channelEvent(channel, 'error');
    const got = collect(channel);
    server.publish('a', 'poison');
    server.publish('a', 'fine');
    expect((await failed)[0]).toBeInstanceOf(ProtocolError);
    expect(await got.until(1)).toEqual(['fine']);
  });
});

describe('a getter of the handler that throws', () => {
  it.each(['limits', 'keepAlive'])(
    'does not stop the client, at whatever look it begins: %s [HN30, L1]',
    async (name) => {
      for (let nth = 1; nth <= 12; nth++) {
        const handler = new GenericJsonHandler();
        let looks = -Infinity;
        const get = () => {
          if (++looks >= nth) throw new Error('not loaded');
          return undefined;
        };
        Object.defineProperty(handler, name, { get });
        const { client, clock, drop, errors } = await connectedWorld({ handler });
        const topic = client.subscribe('a');
        await clock.advance(10);
        looks = 0;
        await drop();
        await clock.advance(120_000);
        const call = client.request({ op: 'order' });
        await clock.advance(10_000);
        expect([client.state, await outcome(call), (await topic).live]).toEqual(['ready', { op: 'order' }, true]);
        for (const error of errors)
          expect(error).toMatchObject({ code: 'PROTOCOL_ERROR', cause: { message: 'not loaded' } });
      }
    },
  );
});
