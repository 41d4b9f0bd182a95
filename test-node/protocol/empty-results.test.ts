import {
  AuthenticationFailedError,
  GenericJsonHandler,
  type Message,
  MessageKind,
  type SubscriptionFrames,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  outcomeOf,
  QUICK,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

/** The frames that subscribe, as any handler may build them. */
class EmptyHandler extends GenericJsonHandler {
  override buildSubscribe(): string {
    return [] as SubscriptionFrames as string;
  }
  override buildUnsubscribe(): string {
    return [] as SubscriptionFrames as string;
  }
}

describe('an empty list', () => {
  it('from extractTopic or acknowledgedTopics names no topic: the message is a message event [HN54]', async () => {
    class Handler extends GenericJsonHandler {
      override classifyMessage(message: Message): MessageKind {
        return message.field('op') === 'ack' ? MessageKind.Control : super.classifyMessage(message);
      }
      override extractTopic(message: Message): string {
        return (message.field('topic') === 'nobody' ? [] : super.extractTopic(message)) as string;
      }
      override acknowledgedTopics() {
        return [];
      }
    }
    const server = await serve();
    server.respondTo('"subscribe"', []);
    const client = await connectClient(server, { handler: new Handler() });
    const kinds: MessageKind[] = [];
    client.on('message', (_, kind) => kinds.push(kind));
    void outcomeOf(client.subscribe('a'));
    await server.waitForMessage('"subscribe"');
    server.broadcast({ op: 'ack' });
    server.broadcast({ topic: 'nobody', data: 1 });
    await barrier(client);
    expect(kinds).toEqual(['control', 'update']);
  });

  it('from replyTo takes the message and sends nothing [HN54]', async () => {
    class Handler extends GenericJsonHandler {
      override replyTo(message: Message) {
        return message.field('noise') === undefined ? undefined : [];
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Handler() });
    const messages: unknown[] = [];
    client.on('message', ({ json }) => messages.push(json));
    server.broadcast({ noise: 1 });
    server.broadcast({ other: 1 });
    await barrier(client);
    expect(messages).toEqual([{ other: 1 }]);
    expect(framesOf(server)).toHaveLength(1);
  });

  it('from buildSubscribe and buildUnsubscribe sends nothing, and the topic is subscribed and ended [HN54]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new EmptyHandler() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    server.broadcast({ topic: 'a', data: 1 });
    expect(await got.until(1)).toEqual([1]);
    await channel.unsubscribe();
    expect(framesOf(server)).toEqual([]);
  });

  it('from onConnect, buildAuthMessage and farewell sends nothing, and the client is ready [HN54]', async () => {
    class Handler extends LoginHandler {
      override onConnect() {
        return [];
      }
      override buildAuthMessage(): string {
        return [] as SubscriptionFrames as string;
      }
      override farewell() {
        return [];
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new Handler() });
    await client.close();
    expect(framesOf(server)).toEqual([]);
  });
});

it('with keepAlive and without a ping of the handler, WebSocket pings leave [HN55]', async () => {
  class Handler extends GenericJsonHandler {
    override readonly keepAlive = { interval: 5, when: 'always', expectReply: true } as const;
  }
  const server = await serve();
  await connectClient(server, { handler: new Handler() });
  await server.waitFor('a ping', () => server.pings > 1);
  expect(framesOf(server)).toEqual([]);
});

describe('buildAuthMessage that throws', () => {
  class Handler extends LoginHandler {
    asked = 0;
    readonly #error: Error;
    constructor(error: Error) {
      super();
      this.#error = error;
    }
    override buildAuthMessage() {
      if (this.asked++ < 5) throw this.#error;
      return super.buildAuthMessage();
    }
  }

  it.each([
    ['any error is a refusal that counts', new Error('no'), 3],
    ['an AuthenticationFailedError ends the client', new AuthenticationFailedError('no'), 1],
  ])('%s [HN56]', async (_, error, asked) => {
    const server = await serve({ authentication: {} });
    const handler = new Handler(error);
    const client = createClient(server, { handler });
    await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
    expect([handler.asked, client.state]).toEqual([asked, 'closed']);
  });

  it('an AuthenticationFailedError that is retryable is waited out [HN56]', async () => {
    const server = await serve({ authentication: {} });
    const handler = new Handler(new AuthenticationFailedError('no', { retryable: true }));
    const client = createClient(server, { handler });
    await client.connect();
    expect(handler.asked).toBe(6);
  });
});

it('a close code that classifyClose calls a refusal of the credentials ends the client after three [HN57]', async () => {
  class Handler extends LoginHandler {
    override classifyClose({ code }: { code: number }) {
      return code === 4001 ? 'authentication' : 'retry';
    }
  }
  const server = await serve();
  server.onMessage((connection, text) => text.includes('"auth"') && connection.close(4001, 'wrong key'));
  const client = createClient(server, { handler: new Handler(), config: QUICK });
  const reconnecting: number[] = [];
  client.on('reconnecting', ({ attempt }) => reconnecting.push(attempt));
  const closed = clientEvent(client, 'closed');
  await expect(client.connect()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', retryable: false });
  await closed;
  expect(reconnecting).toHaveLength(2);
});
