import type { RequestId, Topic } from '../identifiers.js';
import type { Message } from './message.js';

/** One outbound frame: a string for a text frame, bytes for a binary frame. */
export type Frame = string | Uint8Array;

/** One frame, several frames in order, or none. */
export type Frames = Frame | readonly Frame[] | null | undefined;

/** One frame of an acknowledgement plan: the server answers it with this id, and the answer is about these topics. */
export interface PlannedFrame {
  readonly frame: Frame;
  /** The id that the client was given for the call of the hook, or one from `context.newRequestId()`. */
  readonly requestId: RequestId;
  readonly topics: readonly Topic[];
}

/** The frames of a subscribe or unsubscribe: all with one id, or an acknowledgement plan with one id for each frame. */
export type SubscriptionFrames = Frames | readonly PlannedFrame[];

/** What a frame is for. */
export type FrameKind = 'request' | 'send' | 'subscribe' | 'unsubscribe' | 'cancel';

/** What `prepareFrame` learns about the frame. */
export interface FrameInfo {
  readonly kind: FrameKind;
  /** The id of the request, of the subscription frame, or of the request to cancel. A `send` has none. */
  readonly requestId?: RequestId;
  /** The topics of a subscribe or unsubscribe frame. */
  readonly topics?: readonly Topic[];
}

/** The messages in one frame. Null and undefined: the frame is one message. An empty list: it says nothing yet. */
export type Parts = readonly Message[] | null | undefined;

/** What the client knows about the topics of a subscribe or unsubscribe frame. */
export interface SubscriptionContext {
  /** The `params` option of `subscribe()` for this topic, such as depth or filters. */
  params(topic: Topic): unknown;
  /** The server's name for this topic on this connection; undefined if it has none. */
  alias(topic: Topic): RequestId | undefined;
  /** Sets the server's name for this topic. For protocols whose updates carry the id of the subscribe frame. */
  setAlias(topic: Topic, alias: RequestId): void;
  /** A further request id, for a protocol whose frames carry one each. */
  newRequestId(): RequestId;
  /** All topics that the application wants now, for a protocol whose frames name the full list. */
  readonly wanted: readonly Topic[];
}

/** What an acknowledgement says about each topic. Topics that are not named stay unconfirmed. */
export interface SubscriptionOutcome {
  readonly accepted?: readonly Topic[];
  readonly refused?: readonly Topic[];
  /**
   * The error of each refused topic.
   * @default for each topic the result of `extractError`
   */
  readonly errors?: Readonly<Record<Topic, ServerError>>;
  /** Topics that a later frame will confirm; the same as not naming them. */
  readonly pending?: readonly Topic[];
  /** Topics of a frame that the server dropped because of others: they are asked for anew, without these others. */
  readonly again?: readonly Topic[];
  /** Topics with an error that does no harm, such as "already subscribed". They count as accepted. */
  readonly benign?: readonly Topic[];
  /** The names that the server chose for accepted topics. Its updates carry these names. */
  readonly aliases?: Readonly<Record<Topic, RequestId>>;
  /**
   * Whether to ask again for the refused topics, after a delay that grows. `true`: also in a first `subscribe()`, until its
   * timeout. `false`: never; channels of them end.
   * @default undefined: a first `subscribe()` rejects, and a topic that was confirmed before is asked for again
   */
  readonly retryable?: boolean;
}

/** An error that a server sent. */
export interface ServerError {
  readonly message: string;
  readonly code?: string | number;
  /** Further data of the error. */
  readonly data?: unknown;
  /** Set if the request may have been carried out in spite of the error, for example after a time-out at the venue. */
  readonly outcome?: 'unknown';
}

/** A request that the server sends to the client. */
export interface ServerRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params?: unknown;
}

/** The position of an update in the sequence of its topic. Positions are compared within one connection only. */
export interface Sequence {
  readonly current: number | string | bigint;
  /** The position of the update before this one. If it is missing, no gap is looked for. */
  readonly previous?: number | string | bigint;
  /** Whether the update holds the full state, so that no earlier update is needed. */
  readonly snapshot?: boolean;
  /**
   * Whether the state is wrong, for example by its checksum. The topic is then subscribed anew; its channels get a gap.
   */
  readonly resync?: boolean;
}

/** What the server asks of the connection or of its subscriptions. */
export type Signal =
  /**
   * Reconnect. `makeBeforeBreak` asks to open the new connection first; the client reconnects in the usual way. The next
   * attempt comes `delay` milliseconds later than usual, at most 300 000.
   */
  | {
      readonly type: 'reconnect';
      readonly reason?: string;
      readonly makeBeforeBreak?: boolean;
      readonly delay?: number;
    }
  /** Authenticate again on this connection. While an authentication is under way, further signals ask for nothing more. */
  | { readonly type: 'authenticate' }
  /** Subscribe these topics anew, because their state is out of date; without `topics` all. Their channels get a gap. */
  | { readonly type: 'resync'; readonly topics?: readonly Topic[] }
  /** These streams came to their normal end. Their channels close without an error. */
  | { readonly type: 'completed'; readonly topics: readonly Topic[] }
  /**
   * The session of the last connection goes on: these topics are still subscribed, and nothing of them was missed. They
   * are not subscribed again and have no gap, as far as frames are not written and gaps are not told yet.
   */
  | { readonly type: 'resumed'; readonly topics: readonly Topic[] }
  /** The server ended these subscriptions. They are subscribed again, unless `retryable` is false: then their channels end. */
  | {
      readonly type: 'revoked';
      readonly topics: readonly Topic[];
      readonly error?: ServerError;
      readonly retryable?: boolean;
    };

/** At most `count` frames, or attempts, in any `window` milliseconds (a rolling window). */
export interface RateLimit {
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
  /**
   * Milliseconds that the client adds to the window, because the server counts when frames arrive, and a line delays one
   * frame more than the next. 0 adds nothing.
   * @default 5 % of the window, at least 20
   */
  readonly margin?: number;
}

/** What the server allows. The client keeps to it. All members are optional. */
export interface Limits {
  /**
   * The rate of all outbound frames, including pings and pongs.
   * @default undefined: no limit
   */
  readonly frames?: RateLimit;
  /**
   * The rate of subscribe and unsubscribe frames, in addition to `frames`.
   * @default undefined: no limit
   */
  readonly subscriptionFrames?: RateLimit;
  /**
   * The rate of connection attempts of this client, whatever asks for them.
   * @default undefined: no limit of the server; the client's own is in docs/connection.md
   */
  readonly attempts?: RateLimit;
  /**
   * The number of topics in one subscribe or unsubscribe frame.
   * @default 100, because few venues accept more
   */
  readonly topicsPerFrame?: number;
  /**
   * The size of one outbound frame, in UTF-8 bytes. A larger call rejects.
   * @default undefined: no limit
   */
  readonly bytesPerFrame?: number;
  /**
   * The number of topics on one connection. A further `subscribe()` rejects.
   * @default undefined: no limit
   */
  readonly topicsPerConnection?: number;
  /**
   * Milliseconds after which the client replaces a connection.
   * @default undefined: no limit
   */
  readonly lifetime?: number;
}

/** How to keep a connection alive. Overrides the ping settings of the config. */
export interface KeepAlive {
  /** Milliseconds between two pings. */
  readonly interval: number;
  /** `'always'`: a ping in every interval. `'after-silence'`: only if no frame came in during the interval. */
  readonly when: 'always' | 'after-silence';
  /** Whether the client replaces the connection if no frame follows a ping within `pongTimeout`. */
  readonly expectReply: boolean;
}

/** How a connection or an attempt ended. */
export interface CloseInfo {
  /** The close code of RFC 6455 section 7.4. */
  readonly code: number;
  readonly reason: string;
  /** The HTTP status of a refused upgrade; missing if the platform hides it, as browsers do. */
  readonly status?: number;
  /** The headers of a refused upgrade, with names in lower case; missing if the platform hides them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The first KiB of the body of a refused upgrade, as text; missing if the platform hides it. */
  readonly body?: string;
  /** Whether the handler authenticates, or credentials went with the upgrade: then HTTP 403 is about them. */
  readonly hasCredentials?: boolean;
}

/** A verdict with the time that the server named before the next attempt, in milliseconds; at most `maxServerDelay`. */
export interface ClosePlan {
  readonly verdict: CloseVerdict;
  readonly delay?: number;
}

/**
 * What to do after a close: `'retry'` reconnects; `'fatal'` ends the client; `'authentication'` reconnects and counts
 * against `authMaxAttempts`.
 */
export type CloseVerdict = 'retry' | 'fatal' | 'authentication';

/** What `login()` works with: one connection, until the login has ended. */
export interface LoginSession {
  /**
   * Writes frames.
   * @throws ConnectionClosedError after the login has ended
   */
  send(frames: Frames): void;
  /**
   * Waits for the next frame that matches. Without `match` it is the next frame. Frames that came since the socket opened
   * count as well. It rejects when the connection or the time for the login ends, and if `match` throws.
   */
  receive(match?: (message: Message) => boolean): Promise<Message>;
  /** Aborts when the login has ended before it was done, for example with its connection. */
  readonly signal: AbortSignal;
}

/**
 * Whether the authentication was refused. `true`: try again, up to `authMaxAttempts` refusals in a row.
 * `'retry'`: try again later; it is not counted. `'final'`: these credentials will never be accepted.
 */
export type AuthFailure = boolean | 'final' | 'retry';
