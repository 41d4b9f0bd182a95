import type { Channel } from '../channel/channel.js';
import type { AnyTransportError } from '../errors.js';
import type { CloseCause } from '../events.js';

/** There is no client or no topic: nothing is subscribed. */
export interface IdleTopic {
  readonly status: 'idle';
  readonly channel: undefined;
  readonly error: undefined;
}

/** The server has not confirmed the topic yet. */
export interface PendingTopic {
  readonly status: 'pending';
  readonly channel: undefined;
  readonly error: undefined;
}

/** The topic is confirmed: updates come as they happen. */
export interface LiveTopic<T> {
  readonly status: 'live';
  readonly channel: Channel<T>;
  /** The latest error of the channel since the confirmation, for example of a listener that threw. */
  readonly error: AnyTransportError | undefined;
}

/** The topic is confirmed, and no update came for `maxSilence` milliseconds. */
export interface StaleTopic<T> {
  readonly status: 'stale';
  readonly channel: Channel<T>;
  readonly error: AnyTransportError | undefined;
  /** When the silence began, in Unix milliseconds. */
  readonly since: number;
}

/** The connection is lost, or the server ended the topic. It will be subscribed again. */
export interface InterruptedTopic<T> {
  readonly status: 'interrupted';
  readonly channel: Channel<T>;
  /** Why the server ended the topic; missing where the connection was lost. */
  readonly error: AnyTransportError | undefined;
}

/** The server refused the topic, or an error ended the channel. A component that is mounted anew asks again. */
export interface FailedTopic<T> {
  readonly status: 'failed';
  /** Missing where `subscribe()` failed. */
  readonly channel: Channel<T> | undefined;
  readonly error: AnyTransportError;
}

/** The channel has ended without an error: the client was closed, somebody unsubscribed the topic, or its stream is over. */
export interface ClosedTopic<T> {
  readonly status: 'closed';
  readonly channel: Channel<T>;
  readonly error: undefined;
  readonly cause: CloseCause;
}

/** What a topic that a component wants is doing, told apart by `status`. */
export type TopicStatus<T> =
  | IdleTopic
  | PendingTopic
  | LiveTopic<T>
  | StaleTopic<T>
  | InterruptedTopic<T>
  | FailedTopic<T>
  | ClosedTopic<T>;

export const IDLE: IdleTopic = { status: 'idle', channel: undefined, error: undefined };
export const PENDING: PendingTopic = { status: 'pending', channel: undefined, error: undefined };
