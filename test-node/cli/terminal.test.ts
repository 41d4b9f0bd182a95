import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { serve } from '../support/live.js';

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
