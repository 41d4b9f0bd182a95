import type { CallPolicy, ConnectionState } from '../connection-state.js';

/** What can happen to a connection. Inbound data is not among it: it never changes the state by itself. */
export type ConnectionEvent =
  /** `connect()` was called. */
  | 'connect'
  /** The socket is open. */
  | 'opened'
  /** The handler wants to authenticate. */
  | 'challenged'
  /** Greeted, and authenticated where that was wanted: requests may leave. */
  | 'established'
  /** The attempt failed or the socket is lost; there will be another attempt. */
  | 'lost'
  /** The delay before the next attempt is over. */
  | 'retry'
  /** `connect()` was aborted before it succeeded. */
  | 'abandoned'
  /** No further attempt makes sense: refused for good, or too many failures. */
  | 'failed'
  /** `close()` was called. */
  | 'close'
  /** Nothing is left to close. */
  | 'released';

/** What is done on the way into the next state; `Connection` implements each by that name. */
export type ConnectionEffect =
  | 'dial'
  | 'greet'
  | 'authenticate'
  | 'serve'
  | 'scheduleRetry'
  | 'rest'
  | 'beginClose'
  | 'finish';

export interface StateDefinition {
  readonly calls: CallPolicy;
  readonly on: Readonly<Partial<Record<ConnectionEvent, Transition>>>;
}

/** The next state, and what to do on the way. */
export type Transition = readonly [next: ConnectionState, effect: ConnectionEffect];

const lost = ['reconnecting', 'scheduleRetry'] as const;
const failed = ['closed', 'finish'] as const;
const close = ['closing', 'beginClose'] as const;
const abandoned = ['disconnected', 'rest'] as const;

/**
 * The life of a connection, as one table: (state, event) → (next state, effect). A pair that is not listed cannot happen;
 * `Connection` treats it as a defect of its own (C2). The diagram in docs/ and the exhaustiveness test come from here.
 */
export const connectionStates: Readonly<Record<ConnectionState, StateDefinition>> = {
  disconnected: {
    calls: 'wait',
    on: { connect: ['connecting', 'dial'], close },
  },
  connecting: {
    calls: 'wait',
    on: { opened: ['connected', 'greet'], lost, failed, abandoned, close },
  },
  connected: {
    calls: 'wait',
    on: {
      challenged: ['authenticating', 'authenticate'],
      established: ['ready', 'serve'],
      lost,
      failed,
      abandoned,
      close,
    },
  },
  authenticating: {
    calls: 'wait',
    on: { established: ['ready', 'serve'], lost, failed, abandoned, close },
  },
  ready: {
    calls: 'write',
    on: { lost, failed, close },
  },
  reconnecting: {
    calls: 'wait',
    on: { retry: ['connecting', 'dial'], abandoned, close },
  },
  closing: {
    calls: 'reject',
    on: { released: ['closed', 'finish'], lost: ['closed', 'finish'], failed },
  },
  closed: {
    calls: 'reject',
    on: {},
  },
};
