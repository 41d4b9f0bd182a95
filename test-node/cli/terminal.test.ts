import { stripVTControlCharacters } from 'node:util';
import { expect, it, vi } from 'vitest';
import { Rate } from '../../src/cli/rate.js';
import { Report } from '../../src/cli/report.js';
import { run } from '../../src/cli/run.js';
import { Terminal } from '../../src/cli/terminal.js';
import { atEnd, serve } from '../support/live.js';

it.each([
  [{}, true],
  [{ NO_COLOR: '1' }, false],
])('keeps a status line below the lines of a terminal; %j [RC8]', async (environment, isColoured) => {
  const server = await serve({ exchange: false });
  const end = new AbortController();
  const writes: string[] = [];
  let painted = () => {};
  const hasStatus = new Promise<void>((resolve) => {
    painted = resolve;
  });
  const running = run(['tap', server.url], {
    out: {
      isTTY: true,
      columns: 80,
      write: (text: string) => {
        writes.push(text);
        if (writes.filter((part) => part.includes('Ctrl-C ends')).length > 1) painted();
      },
    },
    err: { write: () => {} },
    environment,
    version: '',
    signal: end.signal,
  });
  await server.waitForConnection();
  await hasStatus;
  end.abort();
  expect(await running).toBe(0);
  const plain = stripVTControlCharacters(writes.join(''));
  expect(plain).toMatch(/ready · \d+ frames\/s · \d+ B\/s · .*\d+\.\d s · Ctrl-C ends/);
  for (const line of plain.split(/[\r\n]/)) expect(line.length).toBeLessThan(80);
  expect(writes.some((part) => part.startsWith('\r\u001b[J'))).toBe(true);
  expect(writes.join('').includes('\u001b[3')).toBe(isColoured);
  expect(writes.at(-1)).toMatch(/round trip|reconnects|gaps/);
});

/** A terminal that keeps what it shows. */
function terminalOf(environment: NodeJS.ProcessEnv, facts: { isTTY?: boolean; columns?: number }) {
  const writes: string[] = [];
  return { writes, terminal: new Terminal({ ...facts, write: (text) => writes.push(text) }, environment) };
}

it('the lines and the status fit the width of the terminal [RC8]', () => {
  const { terminal, writes } = terminalOf({ NO_COLOR: '1' }, { isTTY: true, columns: 30 });
  const report = new Report(terminal, 'some');
  report.status(() => 's'.repeat(200));
  report.frame('in', 'x'.repeat(200));
  report.end();
  report.summary(['one fact of the run', 'a second fact of it', 'a third'], {});
  const lines = stripVTControlCharacters(writes.join('')).split(/[\r\n]/);
  for (const line of lines) expect(line.length).toBeLessThan(30);
  expect(lines).toContain('a second fact of it, a third');
  expect(lines.some((line) => line.endsWith('x…'))).toBe(true);
  expect(lines.some((line) => line.endsWith('s…'))).toBe(true);
});

it.each<[string, NodeJS.ProcessEnv, { isTTY?: boolean }]>([
  ['that cannot move its cursor', { TERM: 'dumb' }, { isTTY: true }],
  ['that is a file', {}, { isTTY: false }],
  ['that is a pipe', {}, {}],
])('an output %s gets plain lines and no status [RC8]', (_, environment, facts) => {
  const { terminal, writes } = terminalOf(environment, facts);
  const report = new Report(terminal, 'all');
  report.status(() => 'status');
  report.event('ready', 'a line');
  report.end();
  expect(writes).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} ready {3}a line\n$/)]);
});

it('each second has room for 10 frames, and the summary counts the others [RC3]', () => {
  const now = vi.spyOn(performance, 'now');
  atEnd(() => now.mockRestore());
  const { terminal, writes } = terminalOf({}, {});
  const report = new Report(terminal, 'some');
  for (const second of [5_000, 5_999, 6_000]) {
    now.mockReturnValue(second);
    for (let n = 0; n < 12; n++) report.frame('in', `${second}`);
  }
  const shown = [5_000, 5_999, 6_000].map((at) => writes.filter((line) => line.includes(`< ${at}`)).length);
  expect(shown).toEqual([10, 0, 10]);
  report.summary(['done'], {});
  expect(writes.at(-1)).toBe('16 frames not shown; --frames prints all\n');
});

it('a rate is of the last second or more, and never below 0 [RC8]', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  atEnd(() => now.mockRestore());
  let count = 100;
  const rate = new Rate(() => count);
  const read = (at: number, value: number) => {
    now.mockReturnValue(at);
    count = value;
    return rate.perSecond();
  };
  expect([read(999, 150), read(2_000, 200), read(2_500, 900), read(3_000, 230)]).toEqual([0, 50, 50, 30]);
  // A new connection counts from 0.
  expect([read(4_000, 5), read(5_000, 15)]).toEqual([0, 10]);
});
