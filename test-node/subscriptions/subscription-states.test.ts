import { describe, expect, it } from 'vitest';
import {
  type SubscriptionEvent,
  type SubscriptionState,
  subscriptionStates,
} from '../../src/subscriptions/subscription-states.js';
import { SubscriptionStore } from '../../src/subscriptions/subscription-store.js';
import { testContext } from '../support/test-context.js';

const states = Object.keys(subscriptionStates) as SubscriptionState[];

/** Why a pair that is not listed cannot happen. */
const impossible: Readonly<Record<SubscriptionEvent, string>> = {
  asked: 'a subscribe frame is built for idle topics alone',
  confirmed: 'an acknowledgement counts for topics that wait for its frame, and those are subscribing',
  refused: 'as `confirmed`',
  separated: 'as `confirmed`',
  expired: 'as `confirmed`',
  abandoned: 'as `confirmed`',
  outdated: 'an idle topic is asked for with the newest params',
  ended: 'listed in every state',
  revoked: 'the end of a topic that the server does not have is ignored',
  resumed: 'a session goes on with topics that are idle, and says nothing new of the others',
  lost: 'listed in every state',
};

function newSubscription() {
  const context = testContext();
  const store = new SubscriptionStore(context);
  const subscription = store.open('trades', 'trades', undefined);
  const happen = (...events: SubscriptionEvent[]) => {
    for (const event of events) store.happen(subscription, event);
    return subscription;
  };
  return { context, store, subscription, happen };
}

describe('the table of subscription states', () => {
  it('has a reason for each pair that it leaves out', () => {
    const events = Object.keys(impossible) as SubscriptionEvent[];
    for (const state of states) {
      for (const event of Object.keys(subscriptionStates[state].on)) expect(events).toContain(event);
      for (const event of events) expect(subscriptionStates[state].on[event] ?? impossible[event]).toBeTruthy();
    }
  });

  it('leads to every state', () => {
    const reached = new Set<SubscriptionState>(['idle']);
    for (const state of reached) {
      for (const next of Object.values(subscriptionStates[state].on)) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('forgets in every state what a lost connection knew [S4]', () => {
    for (const state of states) expect(subscriptionStates[state].on.lost).toBe('idle');
  });

  it('sends nothing when the server knows what is wanted [S3]', () => {
    expect(subscriptionStates.subscribed.whenWanted).toBeUndefined();
    expect(subscriptionStates.idle.whenUnwanted).toBeUndefined();
  });

  it('sends nothing twice while an answer is outstanding [S2]', () => {
    expect(subscriptionStates.subscribing.whenWanted).toBeUndefined();
  });
});

describe('Subscription', () => {
  it('cannot be ended before the server has named it, where the server chooses names', () => {
    const { happen } = newSubscription();
    const subscribing = happen('asked');
    expect([subscribing.operation(true), subscribing.operation(false)]).toEqual([undefined, 'unsubscribe']);
    const subscribed = happen('confirmed');
    expect([subscribed.operation(true), subscribed.operation(false)]).toEqual(['unsubscribe', 'unsubscribe']);
  });

  it('waits for no frame once the frame has its answer', () => {
    const { happen, subscription } = newSubscription();
    happen('asked');
    subscription.requestId = '1';
    expect(happen('confirmed').requestId).toBeUndefined();
  });
});

describe('SubscriptionStore', () => {
  it('forgets a topic that neither the server nor the application has', () => {
    const { happen, store } = newSubscription();
    happen('asked', 'confirmed');
    expect(store.get('trades')).toBeDefined();
    happen('ended');
    expect(store.get('trades')).toBeUndefined();
  });

  it('finds a topic by its alias, until the server forgets the topic', () => {
    const { happen, store, subscription } = newSubscription();
    happen('asked');
    store.setAlias(subscription, 7);
    expect(store.find(7)).toBe(subscription);
    happen('lost');
    expect([store.find(7), subscription.alias]).toEqual([undefined, undefined]);
  });

  it('reports a pair that is not in the table as a defect, and changes nothing', () => {
    const { context, happen } = newSubscription();
    expect(happen('confirmed').state).toBe('idle');
    expect(context.emitted).toEqual([['error', expect.objectContaining({ code: 'PROTOCOL_ERROR' })]]);
  });
});
