/** What a frame asks of the server. */
export type Operation = 'subscribe' | 'unsubscribe';

/** What the server knows of a topic on the live connection. */
export type SubscriptionState =
  /** Nothing. */
  | 'idle'
  /** It was asked for the topic and has not answered. */
  | 'subscribing'
  /** It confirmed the topic. */
  | 'subscribed'
  /** It has the topic, or may have it, but not as it is wanted. */
  | 'stale';

/** What can happen to a subscription. */
export type SubscriptionEvent =
  /** A subscribe frame with the topic was built. */
  | 'asked'
  /** The server confirmed the topic, or the protocol has no confirmation and the frame was written. */
  | 'confirmed'
  /** The server refused the topic. */
  | 'refused'
  /** The server refused a frame with several topics as a whole: its topics are asked for in halves. */
  | 'separated'
  /** The server did not answer in time. */
  | 'expired'
  /** The server did not answer in time, and has not named the topic, so that it cannot be ended. */
  | 'abandoned'
  /** What the server has is not what is wanted any more. */
  | 'outdated'
  /** The topic is ended: an unsubscribe frame was built, or could not be built. */
  | 'ended'
  /** The server ended the topic. */
  | 'revoked'
  /** The session of the last connection goes on: the server still has the topic. */
  | 'resumed'
  /** The connection was lost, and with it what the server knew. */
  | 'lost';

export interface SubscriptionStateDefinition {
  /** What to send while the application wants the topic. */
  readonly whenWanted: Operation | undefined;
  /** What to send while the application does not want the topic. */
  readonly whenUnwanted: Operation | undefined;
  /** Whether the topic has its name, where the server chooses the names. A topic without its name cannot be ended. */
  readonly isNamed: boolean;
  readonly on: Readonly<Partial<Record<SubscriptionEvent, SubscriptionState>>>;
}

/** Events after which the server knows nothing of the topic, in each state in which it knows something. */
const ends = { ended: 'idle', revoked: 'idle', lost: 'idle' } as const;

/**
 * The life of a subscription as one table: (state, event) → next state. A pair that is not listed cannot happen. A handler
 * may end the connection while it builds a frame: therefore `idle` lists `ended` and `lost`.
 */
export const subscriptionStates: Readonly<Record<SubscriptionState, SubscriptionStateDefinition>> = {
  idle: {
    whenWanted: 'subscribe',
    whenUnwanted: undefined,
    isNamed: false,
    on: { asked: 'subscribing', resumed: 'subscribed', ended: 'idle', lost: 'idle' },
  },
  subscribing: {
    whenWanted: undefined,
    whenUnwanted: 'unsubscribe',
    isNamed: false,
    on: {
      confirmed: 'subscribed',
      refused: 'idle',
      separated: 'idle',
      expired: 'stale',
      abandoned: 'idle',
      outdated: 'stale',
      ...ends,
    },
  },
  subscribed: {
    whenWanted: undefined,
    whenUnwanted: 'unsubscribe',
    isNamed: true,
    on: { outdated: 'stale', ...ends },
  },
  stale: {
    whenWanted: 'unsubscribe',
    whenUnwanted: 'unsubscribe',
    isNamed: true,
    on: { outdated: 'stale', ...ends },
  },
};
