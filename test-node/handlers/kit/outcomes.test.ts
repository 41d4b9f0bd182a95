import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { acceptedOnly, fullState, outcomeOf } from 'hpx-transport-ws/handlers';
import { describe, expect, it } from 'vitest';
import { venue } from '../../demands/venue.js';
import { connectClient } from '../../support/live.js';

describe('outcomes of confirmations', () => {
  it('outcomeOf takes both lists as the server sent them [HK6]', () => {
    expect(outcomeOf({ accepted: ['a'], refused: ['b'] })).toEqual({ accepted: ['a'], refused: ['b'] });
    expect(outcomeOf({ accepted: 'a' })).toEqual({ accepted: ['a'], refused: [] });
    expect(outcomeOf({ accepted: [], refused: ['b', 7, null] })).toEqual({ accepted: [], refused: ['b'] });
  });

  it.each([{}, { accepted: [], refused: [] }, { accepted: null, refused: 7 }, { accepted: {} }])(
    'outcomeOf is undefined where nothing is listed: %j [HK6]',
    (listed) => {
      expect(outcomeOf(listed)).toBeUndefined();
    },
  );

  it('acceptedOnly refuses what is not listed [HK6]', () => {
    expect(acceptedOnly(['a', 'b', 'c'], ['c', 'x', 'a'])).toEqual({ accepted: ['a', 'c'], refused: ['b'] });
    expect(acceptedOnly(['a'], undefined)).toEqual({ accepted: [], refused: ['a'] });
  });

  it('fullState leaves what is not listed to a later confirmation [HK6]', () => {
    expect(fullState(['a', 'b'], ['x', 'a'])).toEqual({ accepted: ['a'], pending: ['b'] });
  });

  it('a confirmation with the full state confirms each topic when it is listed [HK6]', async () => {
    class FullStateHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message, topics: readonly string[]) {
        return fullState(topics, (message.json as { state?: unknown }).state);
      }
    }
    const state: string[] = [];
    const server = await venue<{ args: string[] }>(({ args }) => {
      state.push(...args);
      // The server confirms one topic after the other.
      return state.map((_, at) => ({ op: 'subscribe', state: state.slice(0, at + 1) }));
    });
    const client = await connectClient(server, { handler: new FullStateHandler() });
    const [a, b] = await Promise.all([client.subscribe('a'), client.subscribe('b')]);
    expect([a.live, b.live]).toEqual([true, true]);
  });

  it('a topic that only the accepted ones leave out is refused, and the others are not [HK6]', async () => {
    class ListingHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message, topics: readonly string[]) {
        return acceptedOnly(topics, (message.json as { data?: unknown }).data);
      }
    }
    const server = await venue<{ args: string[]; req_id: string }>(({ args, req_id }) => ({
      op: 'subscribe',
      req_id,
      data: args.filter((topic) => topic !== 'bad'),
    }));
    const client = await connectClient(server, { handler: new ListingHandler() });
    const [good, bad] = await Promise.allSettled([client.subscribe('good'), client.subscribe('bad')]);
    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ reason: { code: 'SUBSCRIPTION_FAILED', topic: 'bad' } });
  });
});
