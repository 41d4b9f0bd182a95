import {
  GenericJsonHandler,
  type Message,
  type RequestId,
  type SubscriptionContext,
  type SubscriptionOutcome,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectClient, outcomeOf, serve } from '../support/live.js';
import { connectedWorld } from '../support/virtual-world.js';

describe('a topic that the server names', () => {
  /** One topic in a frame, its depth as params. */
  class Naming extends GenericJsonHandler {
    override readonly serverChoosesTopics = true;
    override readonly limits = { topicsPerFrame: 1 };
    override buildSubscribe([topic]: readonly string[], req_id: RequestId, { params }: SubscriptionContext): string {
      return JSON.stringify({ op: 'subscribe', req_id, topic, depth: params(topic as string) });
    }
    override buildUnsubscribe([topic]: readonly string[], req_id: RequestId, { alias }: SubscriptionContext): string {
      return JSON.stringify({ op: 'unsubscribe', req_id, name: alias(topic as string) });
    }
    override isSubscriptionSuccess(message: Message, [topic]: readonly string[]): SubscriptionOutcome {
      const { name } = message.json as { name?: string };
      return name
        ? { accepted: [topic as string], aliases: { [topic as string]: name } }
        : { refused: [topic as string] };
    }
  }

  async function givenUp() {
    const { client, clock, peer, sent, server } = await connectedWorld({ handler: new Naming() });
    server.mute = true;
    const controller = new AbortController();
    const first = outcomeOf(client.subscribe('book', { params: 5, signal: controller.signal }));
    await clock.advance(1);
    controller.abort('changed my mind');
    expect(await first).toEqual({ error: 'changed my mind' });
    const second = client.subscribe('book', { params: 50 });
    await clock.advance(1);
    expect(sent).toMatchObject([{ op: 'subscribe', depth: 5 }]);
    const say = async (frame: object) => {
      peer.sendJson(frame);
      await clock.advance(1);
    };
    return { second, sent, say };
  }

  it('is subscribed with other params when the name of the older subscription is known [CH7, S2]', async () => {
    const { second, sent, say } = await givenUp();
    await say({ op: 'subscribe', req_id: sent[0]?.req_id, name: 'n1' });
    expect(sent.slice(1)).toMatchObject([
      { op: 'unsubscribe', name: 'n1' },
      { op: 'subscribe', depth: 50 },
    ]);
    await say({ op: 'subscribe', req_id: sent[2]?.req_id, name: 'n2' });
    const channel = await second;
    const heard: unknown[] = [];
    channel.on('message', (data) => heard.push(data));
    await say({ topic: 'n1', data: 'old' });
    await say({ topic: 'n2', data: 'new' });
    expect(heard).toEqual(['new']);
  });

  it('is subscribed with other params when the older subscription is refused [CH9, S2]', async () => {
    const { second, sent, say } = await givenUp();
    await say({ op: 'subscribe', req_id: sent[0]?.req_id, error: 'no such depth' });
    expect(sent.slice(1)).toMatchObject([{ op: 'subscribe', depth: 50 }]);
    await say({ op: 'subscribe', req_id: sent[1]?.req_id, name: 'n2' });
    expect((await second).topic).toBe('book');
  });
});

describe('a topic with several names', () => {
  it('is ended by any of its names [CL17, CH6]', async () => {
    class AnyCase extends GenericJsonHandler {
      override canonicalTopic(topic: string): string {
        return topic.toLowerCase();
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new AnyCase() });
    for (const name of ['Btc', 'BTC', 'btc']) {
      const channels = await Promise.all([client.subscribe('BTC'), client.subscribe('Btc')]);
      await client.unsubscribe(name);
      expect(channels.map(({ closed }) => closed)).toEqual([true, true]);
    }
  });
});
