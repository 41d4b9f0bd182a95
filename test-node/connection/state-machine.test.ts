import { describe, expect, it } from 'vitest';
import type { ConnectionEffect } from '../../src/connection/connection-states.js';
import { type Happening, StateMachine } from '../../src/connection/state-machine.js';
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
      'serve',
      'scheduleRetry',
      'rest',
      'beginClose',
      'finish',
    ];
    const effects = Object.fromEntries(names.map((name) => [name, effect(name)])) as never;
    const machine = new StateMachine<Happening>(context, effects);
    return { machine, order, context };
  }
  const why = { reason: 'test' };

  it('announces a transition once, after its effect [C2, CL33]', () => {
    const { machine, order, context } = newMachine();
    machine.inTurn(() => machine.transit('connect', why));
    expect(machine.state).toBe('connecting');
    expect(order).toEqual(['dial', 'announce dial']);
    expect(context.emitted).toEqual([
      ['stateChange', 'connecting', 'disconnected', { event: 'connect', reason: 'test' }],
    ]);
  });

  it('runs what an effect causes after the announcement [C2]', () => {
    const { machine, order } = newMachine((name) => {
      if (name === 'dial') machine.inTurn(() => machine.transit('opened', why));
    });
    machine.inTurn(() => machine.transit('connect', why));
    expect(order).toEqual(['dial', 'announce dial', 'greet', 'announce greet']);
  });

  it('reports a pair that is not in the table as a defect and changes nothing [C2]', () => {
    const { machine, context } = newMachine();
    machine.inTurn(() => machine.transit('opened', why));
    expect(machine.state).toBe('disconnected');
    expect(context.emitted).toEqual([['error', expect.objectContaining({ code: 'PROTOCOL_ERROR' })]]);
  });

  it('reports a throw in one turn and runs the next turn [C2]', () => {
    const { machine, context } = newMachine();
    machine.inTurn(() => {
      machine.inTurn(() => machine.transit('connect', why));
      throw new Error('bug');
    });
    expect(machine.state).toBe('connecting');
    expect(context.emitted[0]).toEqual(['error', expect.objectContaining({ cause: new Error('bug') })]);
  });
});
