import type { CallPolicy, ConnectionState } from '../connection-state.js';
import type { Frames } from '../protocol/handler-types.js';
import type { ConnectionLoss } from './loss-judge.js';

/** Why an event happens, in words. */
export interface Reason {
  readonly reason: string;
}

/** What can happen to a connection, each event with what it carries. Inbound data is no event: it never changes the state. */
export interface Happenings {
  /** `connect()` was called. */
  connect: Reason;
  /** `connect()` was called, and the server, or the bound of attempts, allows no attempt before the delay is over. */
  postponed: Reason & { readonly delay: number };
  /** The socket is open. */
  opened: Reason;
  /** The handler built frames to authenticate with. */
  challenged: Reason & { readonly frames: Frames };
  /** The greeting is done, and authentication too where it is wanted: requests may leave. */
  established: Reason & { readonly authenticated: boolean };
  /** The attempt failed or the connection is lost; another attempt follows. */
  lost: Reason & ConnectionLoss;
  /** The delay before the next attempt is over. */
  retry: Reason;
  /** `connect()` was aborted before it succeeded. */
  abandoned: Reason;
  /** No further attempt makes sense: a final refusal, or too many failures. */
  failed: Reason & ConnectionLoss;
  /** `close()` was called. */
  close: Reason;
  /** No socket is left to close. */
  released: Reason;
}

export type ConnectionEvent = keyof Happenings;

/** What each effect needs to know of the event that caused it. */
interface EffectInputs {
  dial: Reason;
  postpone: Happenings['postponed'];
  greet: Reason;
  authenticate: Happenings['challenged'];
  becomeReady: Happenings['established'];
  scheduleRetry: Happenings['lost'];
  rest: Reason;
  beginClose: Reason;
  finish: Reason & Partial<ConnectionLoss>;
}

export type ConnectionEffect = keyof EffectInputs;

/** Announces an effect to the application, once the application knows of the new state. */
export type Announcement = (() => void) | undefined;

/** What is done on the way into the next state. The supervisor carries out each effect. */
export type ConnectionEffects = {
  readonly [E in ConnectionEffect]: (happening: EffectInputs[E]) => Announcement;
};

/** The next state, and the effect on the way into it. */
export interface Transition<Happening> {
  readonly next: ConnectionState;
  readonly effect: ConnectionEffect;
  readonly carryOut: (effects: ConnectionEffects, happening: Happening) => Announcement;
}

export interface StateDefinition {
  readonly calls: CallPolicy;
  readonly on: { readonly [E in ConnectionEvent]?: Transition<Happenings[E]> };
}

function to<E extends ConnectionEffect>(next: ConnectionState, effect: E): Transition<EffectInputs[E]> {
  return { next, effect, carryOut: (effects, happening) => effects[effect](happening) };
}

const lost = to('reconnecting', 'scheduleRetry');
const failed = to('closed', 'finish');
const close = to('closing', 'beginClose');
const abandoned = to('disconnected', 'rest');

/**
 * The life of a connection as one table: (state, event) → (next state, effect). A pair that is not listed cannot happen;
 * if it does, that is a defect of this package. The diagram in docs/ and the exhaustiveness test come from this table.
 */
export const connectionStates: Readonly<Record<ConnectionState, StateDefinition>> = {
  disconnected: {
    calls: 'wait',
    on: { connect: to('connecting', 'dial'), postponed: to('reconnecting', 'postpone'), close },
  },
  connecting: {
    calls: 'wait',
    on: { opened: to('connected', 'greet'), lost, failed, abandoned, close },
  },
  connected: {
    calls: 'wait',
    on: {
      challenged: to('authenticating', 'authenticate'),
      established: to('ready', 'becomeReady'),
      lost,
      failed,
      abandoned,
      close,
    },
  },
  authenticating: {
    calls: 'wait',
    on: { established: to('ready', 'becomeReady'), lost, failed, abandoned, close },
  },
  ready: {
    calls: 'write',
    on: { lost, failed, close },
  },
  reconnecting: {
    calls: 'wait',
    on: { retry: to('connecting', 'dial'), abandoned, close },
  },
  closing: {
    calls: 'reject',
    on: { released: to('closed', 'finish'), lost: to('closed', 'finish'), failed },
  },
  closed: {
    calls: 'reject',
    on: {},
  },
};
