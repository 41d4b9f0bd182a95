import type { ConnectionState, FrameKind, OverflowPolicy, RetryPolicy } from 'hpx-transport-ws';

/**
 * The log of one run, simulated or real, in order: the calls of the application and their results, the trace of the
 * client, the traffic of its sockets, the actions of the server, and the faults. The checker judges nothing else.
 * `Recorder` writes it.
 */
export type History = readonly Entry[];

/** One line of it. `at` is monotonic milliseconds from any origin; `client` is missing where the entry concerns all clients. */
export type Entry = { readonly at: number; readonly client?: string } & Happening;

export type EntryOf<T extends Entry['type']> = Extract<Entry, { readonly type: T }>;

export type Happening = ApplicationHappening | HandlerHappening | ClientHappening | SocketHappening | WorldHappening;

/** What the application called, and what it got. Calls and channels have separate numbers per client. */
export type ApplicationHappening =
  | { readonly type: 'connect' }
  | { readonly type: 'connected' }
  | { readonly type: 'connect-failed'; readonly code: string }
  /** Written before the call; the member `n` of its payload is the number of the call. */
  | {
      readonly type: 'request';
      readonly call: number;
      readonly retry: RetryPolicy;
      /** From the call on; `undefined` waits for ever. */
      readonly timeout: number | undefined;
      /** It goes before the others. */
      readonly isUrgent?: boolean;
      /** The calls inside whose code it was made. */
      readonly within?: readonly number[];
    }
  /** A frame of the application's own; `mark` is found in its text and in no other. */
  | {
      readonly type: 'send';
      readonly call: number;
      readonly mark: string;
      readonly timeout: number;
      /** It goes before the others. */
      readonly isUrgent?: boolean;
      /** The calls inside whose code it was made. */
      readonly within?: readonly number[];
    }
  | { readonly type: 'abort'; readonly call: number }
  /** The code that aborted something has returned. */
  | { readonly type: 'acted' }
  | {
      readonly type: 'settled';
      readonly call: number;
      readonly outcome: 'answered' | 'written' | 'rejected' | 'aborted';
      /** Of a request: the delivery of the call at that time. */
      readonly delivery?: string | undefined;
      /** Of an error: `code`. */
      readonly code?: string | undefined;
      /** Of an error: `delivery`. */
      readonly told?: string | undefined;
      /** Of an answer: the number of the call that it answers. */
      readonly answers?: unknown;
    }
  | {
      readonly type: 'subscribe';
      readonly channel: number;
      readonly topic: string;
      readonly timeout: number;
      readonly capacity: number;
      readonly overflow: OverflowPolicy;
    }
  | { readonly type: 'subscribed'; readonly channel: number }
  | { readonly type: 'refused'; readonly channel: number; readonly code: string; readonly cause?: string | undefined }
  /** Written before the call: by the time of the next line `unsubscribe()` has returned. */
  | { readonly type: 'unsubscribe'; readonly channel: number }
  | { readonly type: 'unsubscribed'; readonly channel: number }
  /** A `message` listener was called. */
  | {
      readonly type: 'update';
      readonly channel: number;
      readonly sequence: number | undefined;
      readonly epoch: number;
      /** It carries a gap. */
      readonly gap: boolean;
    }
  | { readonly type: 'gap'; readonly channel: number; readonly cause: string; readonly epoch: number }
  | { readonly type: 'resumed'; readonly channel: number; readonly epoch: number }
  | {
      readonly type: 'channel-error';
      readonly channel: number;
      readonly code: string;
      /** A listener has thrown. */
      readonly isOwn?: boolean;
    }
  | { readonly type: 'channel-closed'; readonly channel: number }
  /** The counters of the channel. */
  | {
      readonly type: 'channel-stats';
      readonly channel: number;
      readonly dropped: number;
      readonly buffered: number;
      /** An update is just being handed out: it may not have reached this channel, or be on its way to its listeners. */
      readonly isUnderWay: boolean;
    }
  | { readonly type: 'reconnect' }
  | { readonly type: 'authenticate' }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'close'; readonly deadline: number; readonly drain: boolean }
  /** The promise of `close()` was resolved. */
  | { readonly type: 'closed' }
  /** The promise `client.closed` was resolved; with the code of its error, if any. */
  | { readonly type: 'ended'; readonly code?: string | undefined };

/** What the client asked its handler. */
export type HandlerHappening =
  /** To prepare a frame, which has this signature then. */
  | {
      readonly type: 'preparing';
      readonly signature: number;
      readonly kind: FrameKind;
      readonly topics: readonly string[];
    }
  /** It is prepared, or never will be. */
  | { readonly type: 'prepared'; readonly signature: number; readonly failed: boolean }
  /** To say farewell, in so many frames. */
  | { readonly type: 'parting'; readonly frames: number }
  /** To change a frame, which it failed to do: the frame never leaves. */
  | { readonly type: 'unwritable'; readonly text: string }
  /** It has thrown; with the topic that it was asked about. */
  | { readonly type: 'hook-failed'; readonly hook: string; readonly topic?: string | undefined };

/** The trace and the events of the client. */
export type ClientHappening =
  | {
      readonly type: 'transition';
      readonly from: ConnectionState;
      readonly to: ConnectionState;
      readonly event: string;
      readonly cause?: string | undefined;
    }
  /** `stateChange` */
  | { readonly type: 'state'; readonly to: ConnectionState; readonly from: ConnectionState; readonly event: string }
  | { readonly type: 'ready'; readonly epoch: number }
  | { readonly type: 'reconnecting'; readonly attempt: number; readonly delay: number }
  | {
      readonly type: 'disconnected';
      readonly code: number;
      /** Because nothing was heard after a ping. */
      readonly silent: boolean;
      /** Because the client replaces a connection that did not fail. */
      readonly planned?: boolean;
      /** Because no frame was taken any more. */
      readonly refused?: boolean;
    }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'warning'; readonly code: string }
  /** A planned end began: it may wait so long for answers. */
  | { readonly type: 'leave'; readonly timeout: number }
  /** A frame was handed out, after those that came before it. */
  | { readonly type: 'handed'; readonly text: string };

/** What passed the seam between the client and its sockets, which are counted per client. */
export type SocketHappening =
  | { readonly type: 'dial'; readonly socket: number }
  | { readonly type: 'open'; readonly socket: number }
  /** The socket took a frame. */
  | { readonly type: 'out'; readonly socket: number; readonly text: string }
  /** The socket threw. */
  | { readonly type: 'send-failed'; readonly socket: number }
  | { readonly type: 'in'; readonly socket: number; readonly text: string }
  | { readonly type: 'ping'; readonly socket: number }
  | { readonly type: 'pinged'; readonly socket: number }
  | { readonly type: 'pong'; readonly socket: number }
  | {
      readonly type: 'socket-error';
      readonly socket: number;
      readonly status?: number | undefined;
      readonly retryAfter?: number | undefined;
    }
  | { readonly type: 'socket-closed'; readonly socket: number; readonly code: number }
  /** The client let go of it. */
  | { readonly type: 'close-socket'; readonly socket: number; readonly code: number | undefined }
  | {
      readonly type: 'terminate';
      readonly socket: number;
      /** Bytes of a frame were just coming in. */
      readonly flows?: boolean;
      /** When a byte last left that the first unanswered ping had to wait for. */
      readonly aheadLeftAt?: number;
      /** Bytes that it was given and that have not left, if they are many. */
      readonly buffered?: number;
    };

export type WorldHappening =
  | { readonly type: 'fault'; readonly name: string }
  /** That fault is over. */
  | { readonly type: 'heal'; readonly name: string }
  /** Faults are over for good: from now on progress is owed (L1). */
  | { readonly type: 'healed' }
  /** No frame can be built for these topics, until the next such line. */
  | { readonly type: 'unbuildable'; readonly topics: readonly string[] }
  | { readonly type: 'wake'; readonly cause: string }
  | { readonly type: 'sleep'; readonly cause: string }
  /** Written before no timer fires for so long. */
  | { readonly type: 'jump'; readonly ms: number }
  /** Timers fire on multiples of this alone; 0 for as they are due. */
  | { readonly type: 'throttle'; readonly grid: number }
  | { readonly type: 'wall'; readonly ms: number }
  /** The stats of the client at a moment when nothing that is due is under way. */
  | {
      readonly type: 'step';
      readonly state: ConnectionState;
      readonly pending: number;
      readonly waiting: number;
      readonly subscriptions: number;
      /** Bytes of a frame that is not complete are coming in. */
      readonly flows?: boolean;
      /** When a byte last left that the first unanswered ping had to wait for. */
      readonly aheadLeftAt?: number;
      /** Bytes that the socket was given and that have not left, if they are many. */
      readonly buffered?: number;
    }
  /** At rest, long enough after `healed`: the topics that the server has for the client's live connections. */
  | { readonly type: 'rest'; readonly state: ConnectionState; readonly served: readonly string[] }
  /** The end of the run, after `close()`: what is left of the client in its host. */
  | { readonly type: 'end'; readonly timers: number; readonly listeners: number; readonly sockets: number };

/** One line for each entry, the same for the same run. */
export function render(history: History): string {
  return history.map(renderEntry).join('\n');
}

export function renderEntry({ at, client = '', type, ...rest }: Entry): string {
  const time = at.toFixed(3).padStart(12);
  return `${time} ${client.padEnd(2)}${type.padEnd(15)}${JSON.stringify(rest)}`;
}
