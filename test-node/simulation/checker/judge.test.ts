import { WebSocketConfig } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { askRules } from './asks.js';
import { badCallHistories } from './bad-call-histories.js';
import { badConnectionHistories } from './bad-connection-histories.js';
import { badSessionHistories } from './bad-session-histories.js';
import { badTimingHistories } from './bad-timing-histories.js';
import { readJson } from './dialect.js';
import {
  asked,
  dial,
  ended,
  handed,
  historyOf,
  type Line,
  ready,
  request,
  step,
  subscribe,
  transition,
  written,
} from './history-words.js';
import { allRules, judge } from './judge.js';
import { paceRules } from './pace.js';
import type { Setup } from './rule.js';
import { subscriptionRules } from './subscriptions.js';
import { timingRules } from './timing.js';

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

  describe('of a refusal without an id, while two frames with its topic are unanswered,', () => {
    const refusal = handed({ op: 'subscribe', args: ['t'], success: false });
    const violations = (...lines: Line[]) => {
      const history = historyOf(
        [0, subscribe(1, 't')],
        [0, { type: 'subscribed', channel: 1 }],
        [1, dial()],
        [1, transition('disconnected', 'connecting', 'connect')],
        [1, transition('connecting', 'connected', 'opened')],
        [1, ready],
        [1, asked('t')],
        [30_001, ended('t')],
        [30_001, asked('t')],
        [30_002, refusal],
        ...lines,
      );
      return judge(history, setup, [...askRules, ...subscriptionRules]).map(({ words }) => words);
    };

    it('lets the client end the topic, or ask for it again [S2]', () => {
      expect(violations([60_002, ended('t')])).toEqual([]);
      expect(violations([31_000, asked('t')])).toEqual([]);
    });

    it('lets the client ask once more only [S2]', () => {
      expect(violations([31_000, asked('t')], [31_001, asked('t')])).toEqual(['t was asked for twice']);
    });

    it('lets the client wait for the other answer, for as long as a refused topic waits [S4]', () => {
      const confirmation = handed({ op: 'subscribe', args: ['t'], success: true });
      const confirmed: Line[] = [
        [30_100, confirmation],
        [30_100, { type: 'resumed', channel: 1, epoch: 1 }],
      ];
      expect(violations(...confirmed, [90_000, step('ready', { subscriptions: 1 })])).toEqual([]);
      expect(violations(...confirmed, [90_000, asked('t')])).toEqual(['t was asked for twice']);
      expect(violations([90_000, step('ready', { subscriptions: 1 })])).toEqual([
        't was not confirmed on this connection, and not asked for again',
      ]);
    });
  });

  it.each([
    [1_100_000, []],
    [1_200_000, ['nothing was heard for 50000 ms, and the link is kept']],
  ])('takes bytes that leave while a ping waits for room as a sign of life: 1200000 to %i [C6]', (buffered, words) => {
    const full = (bytes: number) => ({ ...step('ready'), buffered: bytes });
    const history = historyOf([0, dial()], [0, ready], [39_000, full(1_200_000)], [50_000, full(buffered)]);
    expect(judge(history, setup, paceRules).map((violation) => violation.words)).toEqual(words);
  });

  it('lets the client miss a step of the wall clock that is taken back [DL17]', () => {
    const history = historyOf(
      [0, request(1, { timeout: 60_000 })],
      [1, { type: 'wall', ms: 3_600_000 }],
      [2, { type: 'wall', ms: -3_600_000 }],
      [3, written(1)],
    );
    expect(judge(history, setup, timingRules)).toEqual([]);
  });

  it('knows that a session goes on although its connection is not ready yet [S4]', () => {
    const history = historyOf(
      [0, dial()],
      [1, transition('connecting', 'connected', 'opened')],
      [2, handed({ op: 'resumed', args: ['t'] })],
      [3, subscribe(1, 't')],
      [3, { type: 'subscribed', channel: 1 }],
      [4, ready],
      [90_000, step('ready', { subscriptions: 1 })],
    );
    expect(judge(history, setup, subscriptionRules)).toEqual([]);
  });

  it('does not want an urgent call to leave whose time is over [DL17, DL19]', () => {
    const history = historyOf(
      [0, { type: 'send', call: 1, mark: '"mark":1,', timeout: 1_000, isUrgent: true }],
      [1, request(2)],
      [1_000, written(2)],
    );
    expect(judge(history, setup, timingRules)).toEqual([]);
  });

  it.each([
    [[], ['call 2 was written before call 1, which is urgent']],
    [[[2, { type: 'unwritable', text: '{"mark":1,"op":"note"}' }]], []],
    [
      [[2, { type: 'unwritable', text: '{"mark":3,"op":"note"}' }]],
      ['call 2 was written before call 1, which is urgent'],
    ],
  ] satisfies [Line[], string[]][])(
    'does not want an urgent call to leave that the handler failed to prepare: %j [DL19]',
    (lines, words) => {
      const history = historyOf(
        [0, { type: 'send', call: 1, mark: '"mark":1,', timeout: 1_000, isUrgent: true }],
        [1, request(2)],
        ...lines,
        [2, written(2)],
      );
      expect(judge(history, setup, timingRules).map((violation) => violation.words)).toEqual(words);
    },
  );

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
