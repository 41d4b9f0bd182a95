import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(path, 'utf8');
/** The first cell of each row of troubleshooting.md: what a reader sees. */
const rows = [...read('docs/troubleshooting.md').matchAll(/^\| (?!you see|-)(.+?) \| .+ \| .+ \|$/gm)].map(
  ([, cell = '']) => cell,
);
/** Each text of the core as an expression. Texts that consist of little but values would fit everything. */
const texts = [...read('docs/messages.md').matchAll(/^\| <a id="\d+"><\/a>.* \| .* \| (.+) \|$/gm)]
  .map(([, words = '']) => words)
  .map(patternOf)
  .filter((pattern) => pattern.replace(/[^a-z]/gi, '').length > 12)
  .map((pattern) => new RegExp(pattern));

it('docs/troubleshooting.md has an entry for each common trouble [DC4]', () => {
  expect(rows.length).toBeGreaterThan(40);
  for (const sign of [
    '1006',
    '1008',
    '4000',
    '401',
    '403',
    '429',
    '503',
    'never called',
    'Mixed Content',
    'Content Security',
  ]) {
    expect(
      rows.some((row) => row.includes(sign)),
      sign,
    ).toBe(true);
  }
});

it('the messages in docs/troubleshooting.md are what the client prints [DC4]', () => {
  const quoted = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
  const messages = quoted.filter((text) => text.split(' ').length > 3);
  expect(messages.length).toBeGreaterThan(25);
  expect(messages.filter((message) => !texts.some((text) => text.test(message)))).toEqual([]);
});

it('the check of messages notices a text that nobody prints', () => {
  expect(texts.some((text) => text.test('No open socket within 5 s'))).toBe(false);
  expect(texts.some((text) => text.test('Request 7 got no answer within 30000 ms. Try again.'))).toBe(false);
});

/** `{name}` stands for any value, and `{ this / that }` for one of two texts. */
function patternOf(words: string): string {
  let pattern = '';
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== '{') {
      pattern += (words[at] as string).replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
      continue;
    }
    const end = endOf(words, at);
    const inside = words.slice(at + 1, end);
    const [first, second] = inside.startsWith(' ') ? choicesOf(inside.slice(1, -1)) : [];
    pattern += second === undefined ? '.+' : `(?:${patternOf(first as string)}|${patternOf(second)})`;
    at = end;
  }
  return pattern;
}

function endOf(words: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < words.length; at++) {
    if (words[at] === '{') depth++;
    if (words[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`no end of the brace in ${words}`);
}

function choicesOf(inside: string): string[] {
  let depth = 0;
  for (let at = 0; at < inside.length; at++) {
    if (inside[at] === '{') depth++;
    if (inside[at] === '}') depth--;
    if (depth === 0 && inside.startsWith(' / ', at)) return [inside.slice(0, at), inside.slice(at + 3)];
  }
  return [inside];
}
