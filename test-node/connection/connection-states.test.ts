import { describe, expect, it } from 'vitest';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  connectionStates,
} from '../../src/connection/connection-states.js';
import { StateMachine } from '../../src/connection/state-machine.js';
import type { ConnectionState } from '../../src/connection-state.js';
import { testContext } from '../support/test-context.js';

const states = Object.keys(connectionStates) as ConnectionState[];
const events: ConnectionEvent[] = [
  'connect',
  'opened',
  'challenged',
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

describe('the table of connection states', () => {
  it('knows no event but those that it names, and a reason for each pair that it leaves out [C2]', () => {
    for (const state of states) {
      for (const event of Object.keys(connectionStates[state].on)) expect(events).toContain(event);
      for (const event of events) expect(connectionStates[state].on[event] ?? impossible[event]).toBeTruthy();
    }
  });

  it('leads to every state [C2]', () => {
    const reached = new Set<ConnectionState>(['disconnected']);
    for (const state of reached) {
      for (const { next } of Object.values(connectionStates[state].on)) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('leads from every state to closed, and from there nowhere [C8]', () => {
    expect(connectionStates.closed.on).toEqual({});
    for (const state of states) {
      if (state === 'closed') continue;
      if (state === 'closing') continue;
      expect(connectionStates[state].on.close).toMatchObject({ next: 'closing', effect: 'beginClose' });
    }
  });

  it('can lose or fail in every state with a session [C7, C2]', () => {
    for (const state of ['connecting', 'connected', 'authenticating', 'ready', 'closing'] as const) {
      expect(connectionStates[state].on).toMatchObject({ lost: expect.anything(), failed: expect.anything() });
    }
  });

  it('writes calls in ready alone, and rejects them at the end alone [C3]', () => {
    const by = (policy: string) => states.filter((state) => connectionStates[state].calls === policy);
    expect(by('write')).toEqual(['ready']);
    expect(by('reject')).toEqual(['closing', 'closed']);
  });
});

describe('StateMachine', () => {
  function newMachine(act: (effect: string) => void = () => {}) {
    const context = testContext();
    const order: string[] = [];
    const effect = (name: string) => () => {
      order.push(name);
      act(name);
      return () => void order.push(`announce ${name}`);
    };
    const names: ConnectionEffect[] = [
      'dial',
      'greet',
      'authenticate',
      'becomeReady',
      'scheduleRetry',
      'rest',
      'beginClose',
      'finish',
    ];
    const effects = Object.fromEntries(names.map((name) => [name, effect(name)])) as never;
    const machine = new StateMachine(context);
    const transit = (event: 'connect' | 'opened') => machine.transit(event, { reason: 'test' }, effects);
    return { machine, transit, order, context };
  }

  it('announces a transition once, after its effect [C2, CL33]', () => {
    const { machine, transit, order, context } = newMachine();
    machine.inTurn(() => transit('connect'));
    expect(machine.state).toBe('connecting');
    expect(order).toEqual(['dial', 'announce dial']);
    expect(context.emitted).toEqual([
      ['stateChange', 'connecting', 'disconnected', { event: 'connect', reason: 'test' }],
    ]);
  });

  it('what an effect causes comes after the announcement [C2]', () => {
    const { machine, transit, order } = newMachine((name) => {
      if (name === 'dial') machine.inTurn(() => transit('opened'));
    });
    machine.inTurn(() => transit('connect'));
    expect(order).toEqual(['dial', 'announce dial', 'greet', 'announce greet']);
  });

  it('a pair that is not in the table is told as a defect, and changes nothing [C2]', () => {
    const { machine, transit, context } = newMachine();
    machine.inTurn(() => transit('opened'));
    expect(machine.state).toBe('disconnected');
    expect(context.emitted).toEqual([['error', expect.objectContaining({ code: 'PROTOCOL_ERROR' })]]);
  });

  it('a throw in one turn is told, and the next one has its turn [C2]', () => {
    const { machine, transit, context } = newMachine();
    machine.inTurn(() => {
      machine.inTurn(() => transit('connect'));
      throw new Error('bug');
    });
    expect(machine.state).toBe('connecting');
    expect(context.emitted[0]).toEqual(['error', expect.objectContaining({ cause: new Error('bug') })]);
  });
});
