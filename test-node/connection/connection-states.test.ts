import { describe, expect, it } from 'vitest';
import { type ConnectionEvent, connectionStates } from '../../src/connection/connection-states.js';
import type { ConnectionState } from '../../src/connection-state.js';

const states = Object.keys(connectionStates) as ConnectionState[];

const events: ConnectionEvent[] = [
  'connect',
  'opened',
  'challenged',
  'postponed',
  'established',
  'lost',
  'retry',
  'abandoned',
  'failed',
  'close',
  'released',
];

/**
 * Why a pair that is not listed cannot happen: an event with a session is dropped unless that session is the live one and
 * not retired; an application's wish is asked for by `allows()`; a timer is stopped when its state is left.
 */
const impossible: Readonly<Record<ConnectionEvent, string>> = {
  postponed: 'a wish, carried out where the table allows it',
  connect: 'a wish, carried out where the table allows it',
  abandoned: 'a wish, carried out where the table allows it',
  close: 'a wish, carried out where the table allows it',
  opened: 'a link opens once, and its session is retired when `connecting` is left otherwise',
  challenged: 'comes from `greet`, once, and its session is retired when `connected` is left otherwise',
  established: 'comes from `greet` or `authenticate`, once per session',
  lost: 'a session is retired when it is lost, and states without a session have none to lose',
  failed: 'as `lost`',
  retry: 'the retry timer runs in `reconnecting` alone',
  released: 'asked for only while `closing`',
};

describe('connectionStates', () => {
  it('has an arrow for each pair of state and event, or a reason why the pair cannot happen [C2]', () => {
    for (const state of states) {
      for (const event of Object.keys(connectionStates[state].on)) expect(events).toContain(event);
      for (const event of events) expect(connectionStates[state].on[event] ?? impossible[event]).toBeTruthy();
    }
  });

  it('reaches every state [C2]', () => {
    const reached = new Set<ConnectionState>(['disconnected']);
    for (const state of reached) {
      for (const { next } of Object.values(connectionStates[state].on)) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('leads from every state to closed, and has no arrow out of closed [C8]', () => {
    expect(connectionStates.closed.on).toEqual({});
    for (const state of states) {
      if (state === 'closed') continue;
      if (state === 'closing') continue;
      expect(connectionStates[state].on.close).toMatchObject({ next: 'closing', effect: 'beginClose' });
    }
  });

  it('has lost and failed in every state with a session [C7, C2]', () => {
    for (const state of ['connecting', 'connected', 'authenticating', 'ready', 'closing'] as const) {
      expect(connectionStates[state].on).toMatchObject({ lost: expect.anything(), failed: expect.anything() });
    }
  });

  it('writes calls only in ready, and rejects calls only in closing and closed [C3]', () => {
    const by = (policy: string) => states.filter((state) => connectionStates[state].calls === policy);
    expect(by('write')).toEqual(['ready']);
    expect(by('reject')).toEqual(['closing', 'closed']);
  });
});
