import { WebSocketConfig } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { badCallHistories } from './bad-call-histories.js';
import { badConnectionHistories } from './bad-connection-histories.js';
import { badSessionHistories } from './bad-session-histories.js';
import { badTimingHistories } from './bad-timing-histories.js';
import { readJson } from './dialect.js';
import { dial, historyOf, ready, transition } from './history-words.js';
import { allRules, judge } from './judge.js';
import type { Setup } from './rule.js';

const setup: Setup = {
  config: new WebSocketConfig({ url: 'ws://exchange' }),
  read: readJson,
  tolerance: 0,
  probes: true,
  confirms: true,
  fatalCodes: [],
  signs: true,
  says: true,
  groupOf: (topic) => topic,
};

const badHistories = [...badCallHistories, ...badConnectionHistories, ...badTimingHistories, ...badSessionHistories];

describe('the checker', () => {
  it.each(badHistories.map(({ name, clause, history }) => [name, clause, history] as const))(
    'rejects a history in which %s [%s]',
    (_name, clause, history) => {
      expect(judge(history, setup).map((violation) => violation.clause)).toContain(clause);
    },
  );

  it('has a bad history for every rule', () => {
    const blamed = allRules.filter(
      (rule) => !badHistories.some(({ history }) => judge(history, setup, [rule]).length > 0),
    );
    expect(blamed).toEqual([]);
  });

  it('ignores resume() without pause() [C6]', () => {
    const history = historyOf(
      [0, dial()],
      [1, { type: 'open', socket: 1 }],
      [2, transition('disconnected', 'connecting', 'connect')],
      [2, transition('connecting', 'connected', 'opened')],
      [2, ready],
      [30_002, { type: 'ping', socket: 1 }],
      [35_000, { type: 'resume' }],
      [40_002, { type: 'disconnected', code: 1006, silent: true }],
    );
    expect(judge(history, setup)).toEqual([]);
  });

  it('judges each client separately', () => {
    const one = historyOf([0, { type: 'dial', socket: 1 }]);
    const other = one.map((entry) => ({ ...entry, client: 'b' }));
    expect(judge([...one, ...other], setup)).toEqual([]);
  });

  it('reports where a history goes wrong', () => {
    const history = historyOf(
      [0, { type: 'dial', socket: 1 }],
      [5, { type: 'dial', socket: 2 }],
      [6, { type: 'terminate', socket: 2 }],
    );
    expect(judge(history, setup)).toMatchObject([{ clause: 'C1', client: 'a', index: 1 }]);
  });
});
