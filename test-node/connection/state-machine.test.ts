import { describe, expect, it } from 'vitest';
import type { ConnectionEffect } from '../../src/connection/connection-states.js';
import { StateMachine } from '../../src/connection/state-machine.js';
import { testContext } from '../support/test-context.js';

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

  it('runs what an effect causes after the announcement [C2]', () => {
    const { machine, transit, order } = newMachine((name) => {
      if (name === 'dial') machine.inTurn(() => transit('opened'));
    });
    machine.inTurn(() => transit('connect'));
    expect(order).toEqual(['dial', 'announce dial', 'greet', 'announce greet']);
  });

  it('reports a pair that is not in the table as a defect and changes nothing [C2]', () => {
    const { machine, transit, context } = newMachine();
    machine.inTurn(() => transit('opened'));
    expect(machine.state).toBe('disconnected');
    expect(context.emitted).toEqual([['error', expect.objectContaining({ code: 'PROTOCOL_ERROR' })]]);
  });

  it('reports a throw in one turn and runs the next turn [C2]', () => {
    const { machine, transit, context } = newMachine();
    machine.inTurn(() => {
      machine.inTurn(() => transit('connect'));
      throw new Error('bug');
    });
    expect(machine.state).toBe('connecting');
    expect(context.emitted[0]).toEqual(['error', expect.objectContaining({ cause: new Error('bug') })]);
  });
});
