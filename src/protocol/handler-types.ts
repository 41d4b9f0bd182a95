import type { RequestId, Topic } from '../identifiers.js';

/** What goes out: text, or bytes for a binary frame. */
export type Frame = string | Uint8Array;

/** One frame, several in order, or none. */
export type Frames = Frame | readonly Frame[] | null | undefined;

/** What the core knows about the topics of a subscribe or unsubscribe frame. */
export interface SubscriptionContext {
  /** The `params` that the application gave for this topic (depth, filters). */
  params(topic: Topic): unknown;
  /** The name under which the server sends this topic on the live connection, where it is not the topic itself. */
  alias(topic: Topic): RequestId | undefined;
  /** Sets that name while building the frame, for protocols whose updates carry the id of the subscribe frame. */
  setAlias(topic: Topic, alias: RequestId): void;
}

/** What an acknowledgement says, topic by topic. Topics that it does not name stay unconfirmed. */
export interface SubscriptionOutcome {
  readonly accepted?: readonly Topic[];
  readonly refused?: readonly Topic[];
  /** Why topics were refused, where the frame says it of each. Default: what `extractError` reads from the frame. */
  readonly errors?: Readonly<Record<Topic, ServerError>>;
  /** Still to be confirmed by a later frame; the same as not naming them. */
  readonly pending?: readonly Topic[];
  /** Refused in words, but in place: "already subscribed". */
  readonly benign?: readonly Topic[];
  /** The names under which the server will send accepted topics, where it chose them itself. */
  readonly aliases?: Readonly<Record<Topic, RequestId>>;
  /** Whether a refusal at a resubscription is worth another try. Default false: the channels end. */
  readonly retryable?: boolean;
}

/** A server's own words about something that failed. */
export interface ServerError {
  readonly message: string;
  readonly code?: string | number;
  /** Anything else that it told. */
  readonly data?: unknown;
  /** Set where the answer leaves open whether the request was carried out (a time-out inside the venue). */
  readonly outcome?: 'unknown';
}

/** A request that the server asks us. */
export interface ServerRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params?: unknown;
}

/** Where an update stands in its topic's order; compared within one connection only. */
export interface Sequence {
  readonly current: number | string | bigint;
  /** The `current` of the update before this one. Without it nothing is compared. */
  readonly previous?: number | string | bigint;
  /** A full state that stands by itself: nothing before it can be missing. */
  readonly snapshot?: boolean;
  /** The state behind this topic is stale, as a wrong checksum tells: subscribe it anew; its channels get a gap. */
  readonly resync?: boolean;
}

/** What the server asks of the connection itself. */
export type Signal =
  /** Leave this connection. A wish to have the new one open before the old one ends is carried out as a reconnect. */
  | { readonly type: 'reconnect'; readonly reason?: string; readonly makeBeforeBreak?: boolean }
  /** The session lost its authentication: send the authentication frame again. */
  | { readonly type: 'authenticate' }
  /** The state behind these topics is stale: subscribe them anew; their channels get a gap. */
  | { readonly type: 'resync'; readonly topics: readonly Topic[] }
  /** The server ended these subscriptions; `retryable` ones are subscribed again, the others end their channels. */
  | {
      readonly type: 'revoked';
      readonly topics: readonly Topic[];
      readonly error?: ServerError;
      readonly retryable?: boolean;
    };

/** A rolling window: at most `count` in any `window` milliseconds. */
export interface RateLimit {
  readonly count: number;
  readonly window: number;
}

/** What the server allows; the core obeys it. */
export interface Limits {
  /** All outbound frames, pings and answers to pings included. */
  readonly frames?: RateLimit;
  /** Subscribe and unsubscribe frames, beside `frames`. */
  readonly subscriptionFrames?: RateLimit;
  /** Default 100. */
  readonly topicsPerFrame?: number;
  /** UTF-8 bytes of one outbound frame. */
  readonly bytesPerFrame?: number;
  readonly topicsPerConnection?: number;
  /** Milliseconds after which the client replaces the connection by itself. */
  readonly lifetime?: number;
}

/** How the server wants to be kept awake; wins over the config's ping settings. */
export interface KeepAlive {
  /** Milliseconds. */
  readonly interval: number;
  /** `after-silence`: only when nothing came in for `interval`. */
  readonly when: 'always' | 'after-silence';
  /** Whether silence after a ping means that the link is dead. */
  readonly expectReply: boolean;
}

/** How a connection, or an attempt, ended. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
  /** The HTTP status of a refused upgrade, where the platform tells it. */
  readonly status?: number;
}

/** `authentication` counts against `authMaxAttempts`; `fatal` stops the client. */
export type CloseVerdict = 'retry' | 'fatal' | 'authentication';

/** `final`: these credentials will never do. `retry` and `true`: worth up to `authMaxAttempts` attempts in a row. */
export type AuthFailure = boolean | 'final' | 'retry';
