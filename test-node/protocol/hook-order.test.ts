import { GenericJsonHandler, type Message, MessageKind, type ServerRequest, type Signal } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, collect, connectClient, createClient, framesOf, serve } from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

/** The hooks that are asked about messages. */
const HOOKS = [
  'acknowledgedTopics',
  'buildPong',
  'classifyMessage',
  'decodeBinary',
  'extractData',
  'extractRequestId',
  'extractResult',
  'extractSequence',
  'extractServerRequest',
  'extractSignal',
  'extractTopic',
  'isAuthFailure',
  'isAuthSuccess',
  'isPongResponse',
  'isServerPing',
  'isSubscriptionSuccess',
  'replyTo',
  'shouldReconnect',
  'split',
] as const;

/** Notes the hooks that the client asks; what a hook asks itself does not count. */
class NotingHandler extends LoginHandler {
  readonly asked: string[] = [];
  #depth = 0;

  constructor() {
    super();
    for (const hook of HOOKS) {
      const original = this[hook] as (...args: unknown[]) => unknown;
      Object.defineProperty(this, hook, {
        value: (...args: unknown[]) => {
          if (this.#depth === 0) this.asked.push(hook);
          this.#depth++;
          try {
            return original.apply(this, args);
          } finally {
            this.#depth--;
          }
        },
      });
    }
  }

  override classifyMessage(message: Message): MessageKind {
    return message.field('op') === 'notice' ? MessageKind.System : super.classifyMessage(message);
  }
}

const EVERY = ['shouldReconnect', 'extractSignal'];
const UPKEEP = ['isServerPing', 'isPongResponse', 'replyTo', 'extractServerRequest'];

describe('the hooks that are asked about a message', () => {
  it.each<[string, object, readonly string[]]>([
    ['an update', { topic: 'a', data: 1 }, ['split', 'classifyMessage', 'extractTopic', 'extractSequence', ...EVERY]],
    ['an update without a reader', { topic: 'b', data: 1 }, ['split', 'classifyMessage', 'extractTopic', ...EVERY]],
    ['a system message', { op: 'notice' }, ['split', 'classifyMessage', ...EVERY, ...UPKEEP]],
    ['an unknown message', { other: 1 }, ['split', 'classifyMessage', ...EVERY, ...UPKEEP]],
    ['a ping', { op: 'ping' }, ['split', 'classifyMessage', ...EVERY, 'isServerPing', 'buildPong']],
  ])('come in one order: %s [HN52]', async (_, frame, hooks) => {
    const server = await serve({ authentication: {} });
    class Handler extends NotingHandler {
      override isServerPing(message: Message) {
        return message.field('op') === 'ping';
      }
      override classifyMessage(message: Message): MessageKind {
        return message.field('op') === 'ping' ? MessageKind.System : super.classifyMessage(message);
      }
    }
    const handler = new Handler();
    const client = await connectClient(server, { handler });
    await client.subscribe('a');
    handler.asked.length = 0;
    server.broadcast(frame);
    server.broadcast({ op: 'end' });
    await clientEvent(client, 'message', ({ text }) => text.includes('end'));
    const last = ['split', 'classifyMessage', ...EVERY, ...UPKEEP];
    expect(handler.asked).toEqual([...hooks, ...last]);
  });

  it('come in one order: answers and confirmations [HN52]', async () => {
    const server = await serve({ authentication: {} });
    const handler = new NotingHandler();
    const client = await connectClient(server, { handler });
    handler.asked.length = 0;
    await barrier(client);
    expect(handler.asked).toEqual(['split', 'classifyMessage', 'extractRequestId', 'extractResult', ...EVERY]);
    handler.asked.length = 0;
    await client.subscribe('a');
    expect(handler.asked).toEqual(['split', 'classifyMessage', 'extractRequestId', 'isSubscriptionSuccess', ...EVERY]);
  });

  it('come in one order: during a login [HN52]', async () => {
    const server = await serve({ authentication: { success: [{ op: 'notice' }, { op: 'auth', success: true }] } });
    const handler = new NotingHandler();
    await connectClient(server, { handler });
    const first = ['split', ...EVERY, 'isAuthSuccess'];
    expect(handler.asked).toEqual([...first, 'isAuthFailure', 'classifyMessage', ...UPKEEP, ...first]);
  });
});

describe('null', () => {
  it('means the same as undefined: no signal, no ping, no sequence, no request of the server [HN53]', async () => {
    class Handler extends GenericJsonHandler {
      override extractSignal() {
        return null as unknown as Signal | undefined;
      }
      override extractServerRequest() {
        return null as unknown as ServerRequest | undefined;
      }
      override extractSequence() {
        return null as unknown as undefined;
      }
      override generateRequestId() {
        return null as unknown as undefined;
      }
      override acknowledgedTopics() {
        return null as unknown as undefined;
      }
      override groupKey(topic: string) {
        return (topic === 'a' ? null : undefined) as unknown as undefined;
      }
    }
    const server = await serve();
    const client = createClient(server, { handler: new Handler() });
    const subscribed = client.subscribeMany(['a', 'b']);
    await client.connect();
    const [channel] = await subscribed;
    expect(framesOf(server)).toHaveLength(1);
    if (!channel) throw new Error('no channel');
    const got = collect(channel);
    const other = clientEvent(client, 'message');
    server.broadcast({ other: 1 });
    server.publish('a', 1);
    expect((await other)[0].json).toEqual({ other: 1 });
    expect(await got.until(1)).toEqual([1]);
    await barrier(client);
  });
});
