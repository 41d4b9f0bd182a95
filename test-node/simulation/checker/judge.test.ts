import { WebSocketConfig } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { badCallHistories } from './bad-call-histories.js';
import { badConnectionHistories } from './bad-connection-histories.js';
import { readJson } from './dialect.js';
import { historyOf } from './history-words.js';
import { allRules, judge } from './judge.js';
import type { Setup } from './rule.js';

const setup: Setup = {
  config: new WebSocketConfig({ url: 'ws://exchange' }),
  read: readJson,
  tolerance: 0,
  probes: true,
  fatalCodes: [],
};

const badHistories = [...badCallHistories, ...badConnectionHistories];

describe('the checker', () => {
  it.each(badHistories)('rejects $clause: $name', ({ clause, history }) => {
    expect(judge(history, setup).map((violation) => violation.clause)).toContain(clause);
  });

  it('has a bad history for every rule', () => {
    const blamed = allRules.filter(
      (rule) => !badHistories.some(({ history }) => judge(history, setup, [rule]).length > 0),
    );
    expect(blamed).toEqual([]);
  });

  it('keeps clients apart', () => {
    const one = historyOf([0, { type: 'dial', socket: 1 }]);
    const other = one.map((entry) => ({ ...entry, client: 'b' }));
    expect(judge([...one, ...other], setup)).toEqual([]);
  });

  it('tells where a history goes wrong', () => {
    const history = historyOf(
      [0, { type: 'dial', socket: 1 }],
      [5, { type: 'dial', socket: 2 }],
      [6, { type: 'terminate', socket: 2 }],
    );
    expect(judge(history, setup)).toMatchObject([{ clause: 'C1', client: 'a', index: 1 }]);
  });
});
