import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  outcomeOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

/** What plain JavaScript lets a handler return. */
const nonsense = [{}, 5, [{}], Promise.resolve('late')] as unknown as string[];

describe('a handler that returns nonsense', () => {
  it.each(nonsense)('from buildSubscribe: that subscribe() fails, and nothing else [HN30]', async (built) => {
    class Handler extends GenericJsonHandler {
      override buildSubscribe(topics: readonly string[], id: string, context: never): string {
        return topics.includes('bad') ? built : super.buildSubscribe(topics, id, context);
      }
    }
    const client = await connectClient(await serve(), { handler: new Handler() });
    expect(await outcomeOf(client.subscribe('bad'))).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
    await client.subscribe('good');
    expect(client.epoch).toBe(1);
  });

  it('from buildUnsubscribe, and from split: an error is told, and the client goes on [HN30]', async () => {
    class Handler extends GenericJsonHandler {
      override buildUnsubscribe(): string {
        return {} as string;
      }
      override split(message: Message): Message[] | undefined {
        return message.field('op') === 'broken' ? ([null] as unknown as Message[]) : undefined;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Handler() });
    const channel = await client.subscribe('a');
    const untold = clientEvent(client, 'error');
    void channel.unsubscribe();
    expect((await untold)[0]).toMatchObject({ code: 'PROTOCOL_ERROR' });
    const unsplit = clientEvent(client, 'error');
    server.broadcast({ op: 'broken' });
    expect((await unsplit)[0]).toMatchObject({ code: 'PROTOCOL_ERROR' });
    await barrier(client);
    expect(client.epoch).toBe(1);
  });

  it('from buildAuthMessage: the authentication failed [HN30]', async () => {
    class Handler extends LoginHandler {
      override buildAuthMessage(): string {
        return {} as string;
      }
    }
    const client = createClient(await serve(), { handler: new Handler(), config: { authMaxAttempts: 1 } });
    expect(await outcomeOf(client.connect())).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('nothing from isAuthFailure is no refusal [HN30]', async () => {
    class Handler extends LoginHandler {
      override isAuthFailure(): boolean {
        return undefined as unknown as boolean;
      }
    }
    const server = await serve();
    server.respondTo('"op":"auth"', (text) => [{ hello: 1 }, { op: 'auth', success: true, text: text.length }]);
    const client = await connectClient(server, { handler: new Handler() });
    expect(client.epoch).toBe(1);
  });
});

describe('authenticate()', () => {
  it('from a listener of connected authenticates this very connection [CL20, CL21]', async () => {
    const server = await serve({ authentication: {} });
    const client = createClient(server, { handler: new LoginHandler(), config: { authOnConnect: false } });
    const wishes: Promise<void>[] = [];
    client.once('connected', () => wishes.push(client.authenticate()));
    await client.connect();
    await Promise.all(wishes);
    expect(framesOf(server, 'auth')).toHaveLength(1);
  });

  it('whose message the handler never builds fails after authTimeout, and the next one is made [CL20]', async () => {
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
});

describe('ids and frames of the application', () => {
  it('a raw request leaves as it is, also where the handler signs requests [CL13]', async () => {
    class Signing extends GenericJsonHandler {
      override prepareRequest(text: string): string {
        return text.replace('}', ',"signed":true}');
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Signing() });
    await Promise.all([client.request({ op: 'signed' }), client.requestRaw('{"op":"raw","req_id":"r"}')]);
    expect(framesOf(server, 'signed')[0]).toHaveProperty('signed', true);
    expect(framesOf(server, 'raw')[0]).toEqual({ op: 'raw', req_id: 'r' });
  });

  it('an id that the application chose is neither given again nor taken from a subscription [R2]', async () => {
    class Counting extends GenericJsonHandler {
      #last = 0;
      override generateRequestId(): number {
        return ++this.#last;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Counting() });
    await Promise.all([client.requestRaw('{"op":"raw","req_id":1}')]);
    const call = client.request({ op: 'next' });
    expect(call.requestId).toBe(2);
    await Promise.all([call]);
    server.respondTo('"op":"subscribe"', []);
    void client.subscribe('t').catch(() => {});
    await server.waitForMessage('"op":"subscribe"');
    expect(await outcomeOf(client.requestRaw('{"op":"raw","req_id":3}'))).toMatchObject({
      error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' },
    });
  });

  it('params are those of the call, whatever becomes of the object [CH7]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const params = { depth: 10 };
    const first = client.subscribe('a', { params });
    params.depth = 50;
    const got = collect(await first);
    server.dropAll();
    await clientEvent(client, 'ready');
    await barrier(client);
    expect(got.items).toEqual([]);
    expect(framesOf(server, 'subscribe').map(({ args }) => args)).toEqual([
      [{ topic: 'a', depth: 10 }],
      [{ topic: 'a', depth: 10 }],
    ]);
  });
});
