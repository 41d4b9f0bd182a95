import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { connectionStates } from '../../src/connection/connection-states.js';
import { maxAttemptsPerMinute } from '../../src/connection/reconnect-policy.js';

const spec = readFileSync('docs/SPEC.md', 'utf8');

it('docs/SPEC.md shows the table of connection states [C2]', () => {
  const [, shown] = /<!-- states:begin -->\n([\s\S]*)<!-- states:end -->/.exec(spec) ?? [];
  expect(shown).toBe(`${diagram()}\n\n${policies()}\n`);
});

it('docs/SPEC.md states the real bound on attempts in a minute [C5]', () => {
  expect(spec).toContain('40 + ⌈240 000 / max(`reconnectMaxDelay`, 50)⌉ (48 with defaults');
  expect([30_000, 1_000, 50, 0].map(maxAttemptsPerMinute)).toEqual([48, 280, 4_840, 4_840]);
});

/** One arrow for all events that lead from one state to another by the same effect. */
function diagram(): string {
  const arrows = Object.entries(connectionStates).flatMap(([state, { on }]) => {
    const labels = new Map<string, string[]>();
    for (const [event, { next, effect }] of Object.entries(on)) {
      const arrow = `  ${state} --> ${next}: %s / ${effect}`;
      labels.set(arrow, [...(labels.get(arrow) ?? []), event]);
    }
    return [...labels].map(([arrow, events]) => arrow.replace('%s', events.join(', ')));
  });
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> disconnected', ...arrows, '  closed --> [*]', '```'].join('\n');
}

/** What a call does in each state. */
function policies(): string {
  const words = { write: 'is written', wait: 'waits', reject: 'is rejected' };
  const rows = Object.entries(connectionStates).map(([state, { calls }]) => `| \`${state}\` | ${words[calls]} |`);
  return ['| state | a call |', '|---|---|', ...rows].join('\n');
}
