import { GenericJsonHandler, type Message, type Topic } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { operations, outcome, virtualWorld } from '../support/virtual-world.js';

class StrictHandler extends GenericJsonHandler {
  override isSubscriptionSuccess(message: Message, topics: readonly Topic[]) {
    if (message.json === undefined) throw new Error('no JSON');
    return super.isSubscriptionSuccess(message, topics);
  }
}

describe('a confirmation that cannot be read', () => {
  it.each(['with an id', 'without an id'])('%s rejects subscribe(), and the topic is ended [CH31]', async (form) => {
    const world = virtualWorld({ handler: new StrictHandler() });
    await world.connect();
    world.server.onSend = ({ op, req_id }, send, connection) => {
      const id = form === 'with an id' ? `"req_id":"${req_id}",` : '';
      if (op === 'subscribe') connection.send(`{"op":"subscribe",${id}"success":true,"lag":NaN}`);
      else send();
    };
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(100);
    expect(await outcome(subscribing)).toMatchObject({ error: { code: 'PROTOCOL_ERROR', delivery: 'unknown' } });
    expect(operations(world.peer.received)).toEqual([
      { op: 'subscribe', args: ['a'] },
      { op: 'unsubscribe', args: ['a'] },
    ]);
    expect(world.errors).toEqual([]);
  });

  it('counts as unanswered at a resubscription [CH31]', async () => {
    const world = virtualWorld({ config: { requestTimeout: 1_000 }, handler: new StrictHandler() });
    await world.connect();
    const subscribing = world.client.subscribe('a');
    await world.clock.advance(100);
    const channel = await subscribing;
    let isTorn = true;
    world.server.onSend = ({ op, req_id }, send, connection) => {
      if (op === 'subscribe' && isTorn) connection.send(`{"op":"subscribe","req_id":"${req_id}","lag":NaN}`);
      else send();
      if (op === 'subscribe') isTorn = false;
    };
    world.server.drop();
    await world.clock.advance(900);
    expect(world.errors).toHaveLength(1);
    expect(operations(world.peer.received)).toHaveLength(1);
    await world.clock.advance(2_000);
    expect(operations(world.peer.received)).toHaveLength(3);
    expect([channel.closed, ...world.server.subscriptions]).toEqual([false, 'a']);
  });
});
