import { readFileSync } from 'node:fs';
import { WebSocketConfig } from 'hpx-transport-ws';
import { expect, it } from 'vitest';

const { url: _, ...defaults } = new WebSocketConfig({ url: 'wss://stream.example.com' });
const numbers = Object.fromEntries(
  Object.entries(defaults).filter(([, value]) => typeof value === 'number' || typeof value === 'boolean'),
);

it('the config has the defaults of docs/SPEC.md [CF2]', () => {
  const clause = /- \*\*CF2\*\* ([\s\S]*?)\n- \*\*/.exec(read('docs/SPEC.md'))?.[1] ?? '';
  const named = [...clause.matchAll(/`(\w+)`\s+([\d ]*\d|\w+)/g)].map(([, name = '', value = '']) => [
    name,
    readValue(value),
  ]);
  expect(Object.fromEntries(named)).toEqual(numbers);
});

it('docs/configuration.md lists every field and its default [DC1]', () => {
  const [, page = ''] = /<!-- fields:begin -->([\s\S]*)<!-- fields:end -->/.exec(read('docs/configuration.md')) ?? [];
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name = '', value = '']) => [
    name,
    readValue(value),
  ]);
  const others = { url: '–', protocols: 'none', nodeOptions: 'none' };
  expect(Object.fromEntries(rows)).toEqual({ ...numbers, ...others });
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

/** `30 000` is a number, written for people. */
function readValue(text: string): unknown {
  const digits = text.replaceAll(' ', '');
  if (/^\d+$/.test(digits)) return Number(digits);
  return { Infinity, true: true, false: false }[digits] ?? digits;
}
