import type { Entry, Happening, History } from '../history.js';

/** One history that breaks one rule; everything that the rule does not look at is left out. */
export interface BadHistory {
  readonly clause: string;
  readonly name: string;
  readonly history: History;
}

export type Line = readonly [at: number, happening: Happening];

/** Writes a history of client `a`. */
export function historyOf(...lines: readonly Line[]): Entry[] {
  return lines.map(([at, happening]) => ({ at, client: 'a', ...happening }));
}

export const bad = (clause: string, name: string, ...lines: readonly Line[]): BadHistory => ({
  clause,
  name,
  history: historyOf(...lines),
});

// ——— Short words for what happens often ———

export const request = (
  call: number,
  more: { retry?: 'never' | 'unsent' | 'idempotent'; timeout?: number; within?: readonly number[] } = {},
): Happening => ({
  type: 'request',
  call,
  retry: 'unsent',
  timeout: 30_000,
  ...more,
});
export const dial = (socket = 1): Happening => ({ type: 'dial', socket });
export const out = (frame: object, socket = 1): Happening => ({ type: 'out', socket, text: JSON.stringify(frame) });
export const written = (call: number, socket = 1): Happening =>
  out({ op: 'echo', n: call, req_id: `i${call}` }, socket);
export const came = (frame: object, socket = 1): Happening => ({ type: 'in', socket, text: JSON.stringify(frame) });
export const handed = (frame: object): Happening => ({ type: 'handed', text: JSON.stringify(frame) });
export const answered = (call: number, answers: unknown = call): Happening => ({
  type: 'settled',
  call,
  outcome: 'answered',
  delivery: 'answered',
  answers,
});
export const rejected = (call: number, code: string, delivery = 'unsent'): Happening => ({
  type: 'settled',
  call,
  outcome: 'rejected',
  code,
  delivery,
  told: delivery,
});
export const subscribe = (channel: number, topic: string): Happening => ({
  type: 'subscribe',
  channel,
  topic,
  timeout: 30_000,
  capacity: 4,
  overflow: 'drop-oldest',
});
export const update = (channel: number, sequence: number, epoch = 1, gap = false): Happening => ({
  type: 'update',
  channel,
  sequence,
  epoch,
  gap,
});
export const transition = (
  from: 'disconnected' | 'connecting' | 'connected' | 'ready' | 'reconnecting' | 'closing' | 'authenticating',
  to: 'connecting' | 'connected' | 'ready' | 'reconnecting' | 'closing' | 'closed' | 'authenticating',
  event: string,
): Happening => ({
  type: 'transition',
  from,
  to,
  event,
  cause: 'a reason',
});
export const ready = transition('connected', 'ready', 'established');
export const lost = transition('ready', 'reconnecting', 'lost');
export const step = (
  state: 'ready' | 'reconnecting' | 'closing' | 'closed' | 'connecting',
  counts: { pending?: number; waiting?: number; subscriptions?: number } = {},
): Happening => ({ type: 'step', state, pending: 0, waiting: 0, subscriptions: 0, ...counts });
export const asked = (...topics: string[]): Happening =>
  out({ op: 'subscribe', req_id: `s${topics.join('')}`, args: topics });
export const ended = (...topics: string[]): Happening =>
  out({ op: 'unsubscribe', req_id: `u${topics.join('')}`, args: topics });
export const refusedWhole = (id: string): Happening =>
  handed({ op: 'subscribe', req_id: id, success: false, error: 'no' });
export const data = (topic: string, sequence: number) => ({ topic, sequence, data: 1 });
export const end = (left: { timers?: number; listeners?: number; sockets?: number } = {}): Happening => ({
  type: 'end',
  timers: 0,
  listeners: 0,
  sockets: 0,
  ...left,
});
export const close: Happening = { type: 'close', deadline: 1_000, drain: false };
