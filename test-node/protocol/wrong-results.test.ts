import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, connectClient, createClient, outcomeOf, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

/** What plain JavaScript lets a handler return. */
const nonsense = [{}, 5, [{}], Promise.resolve('late')] as unknown as string[];

describe('prepareRequest that returns nothing', () => {
  it.each([
    ['synchronously', () => undefined],
    ['asynchronously', () => Promise.resolve(undefined)],
  ])('fails its request as unsent when it returns %s, and the next request leaves [HN30, DL1]', async (_, nothing) => {
    class ForgetfulHandler extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        return text.includes('forgotten') ? (nothing() as unknown as string) : text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new ForgetfulHandler() });
    const call = client.request({ op: 'forgotten' });
    await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await barrier(client);
  });
});

describe('a handler that returns a wrong type', () => {
  it.each(nonsense)('from buildSubscribe fails only that subscribe() [HN30]', async (built) => {
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

  it('from buildUnsubscribe or split is reported, and the client continues [HN30]', async () => {
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

  it('from buildAuthMessage fails the login [HN30]', async () => {
    class Handler extends LoginHandler {
      override buildAuthMessage(): string {
        return {} as string;
      }
    }
    const client = createClient(await serve(), { handler: new Handler(), config: { authMaxAttempts: 1 } });
    expect(await outcomeOf(client.connect())).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED' } });
  });

  it('from isAuthFailure is not a refusal [HN30]', async () => {
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
