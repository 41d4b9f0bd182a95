import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, channelEvent, collect, connectClient, serve } from '../support/live.js';
import { publish, subscribed } from '../support/live-channel.js';

/** A server whose refusals are final. */
class FinalHandler extends GenericJsonHandler {
  override isSubscriptionSuccess(message: Message, topics: readonly string[]) {
    const outcome = super.isSubscriptionSuccess(message, topics);
    return outcome === false ? { refused: topics, retryable: false } : outcome;
  }
}

describe('channel loops', () => {
  it('two loops have separate buffers [CH3]', async () => {
    const { server, client, channel } = await subscribed();
    const [first, second] = [channel[Symbol.asyncIterator](), channel.updates()[Symbol.asyncIterator]()];
    await publish(server, 3);
    await barrier(client);
    expect(channel.buffered).toBe(6);
    const values = [await first.next(), await first.next(), await first.next()].map(({ value }) => value);
    expect(values).toEqual([1, 2, 3]);
    expect((await second.next()).value).toMatchObject({ data: 1, epoch: 1 });
    expect(channel.buffered).toBe(2);
  });

  it('break ends the loop and keeps the channel [CH4]', async () => {
    const { server, client, channel } = await subscribed();
    await publish(server, 3);
    await barrier(client);
    for await (const value of channel) {
      expect(value).toBe(1);
      break;
    }
    expect(channel.closed).toBe(false);
    expect(channel.buffered).toBe(0);
    const got = collect(channel);
    server.publish('t', 4);
    await got.until(1);
    expect(got.items).toEqual([4]);
  });

  it('a loop ends when its channel closes, whether it waits or not [CH4]', async () => {
    const { server, client, channel } = await subscribed();
    const seen: number[] = [];
    const waiting = (async () => {
      for await (const value of channel) seen.push(value);
    })();
    await publish(server, 2);
    await barrier(client);
    await channel.unsubscribe();
    await waiting;
    expect(seen).toEqual([1, 2]);
    for await (const value of channel) seen.push(value);
    expect(seen).toEqual([1, 2]);
  });

  it('a loop throws the error that closed its channel [CH4, CH13]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new FinalHandler() });
    const channel = await client.subscribe('t');
    const loop = (async () => {
      for await (const _ of channel);
    })();
    server.refuseTopic('t', 'gone');
    server.dropAll();
    await expect(loop).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED', topic: 't' });
  });

  it('close() ends loops without an error [CH4, CL24]', async () => {
    const { client, channel } = await subscribed();
    const loop = (async () => {
      for await (const _ of channel);
      return 'ended';
    })();
    await client.close();
    expect(await loop).toBe('ended');
  });

  it('a loop continues over a reconnect, with a gap on the next update [CH3, CH15, F16]', async () => {
    const { server, channel } = await subscribed();
    const updates = channel.updates()[Symbol.asyncIterator]();
    const resumed = channelEvent(channel, 'resumed');
    server.publish('t', 1);
    expect((await updates.next()).value?.gap).toBeUndefined();
    server.dropAll();
    await resumed;
    server.publish('t', 2);
    const { value, done } = await updates.next();
    expect(done).toBe(false);
    expect(value).toMatchObject({ data: 2, epoch: 2, gap: { cause: 'disconnect', epoch: 2 } });
  });
});
