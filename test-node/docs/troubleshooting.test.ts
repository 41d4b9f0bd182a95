import { readFileSync } from 'node:fs';
import { GenericJsonHandler, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { type MockRefusal, MockWebSocketServer } from 'hpx-transport-ws/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reserveDeadUrl } from '../contract/dead-url.js';

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

const quotes = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));

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
  const messages = quotes.filter((text) => text.split(' ').length > 3);
  expect(messages.length).toBeGreaterThan(25);
  expect(messages.filter((message) => !texts.some((text) => text.test(message)))).toEqual([]);
});

describe('what the client prints is in docs/troubleshooting.md [DC4]', () => {
  const printed = new Set(quotes.map(withoutValues));
  let server: MockWebSocketServer;
  beforeEach(async () => {
    server = await MockWebSocketServer.start();
  });
  afterEach(() => server.close());

  /** Why the first attempt failed. */
  async function failure(config: Partial<WebSocketConfigInput> = {}): Promise<string> {
    const client = new WebSocketClient({ url: server.url, ...config }, new GenericJsonHandler());
    const failed = new Promise<string>((resolve) => client.once('reconnecting', ({ cause }) => resolve(cause.message)));
    const attempt = client.connect().catch(() => {});
    const message = await failed;
    await client.close();
    await attempt;
    return message;
  }

  it.each<[string, MockRefusal]>([
    ['a wrong path', { status: 404 }],
    ['a wrong token', { status: 401 }],
    ['too many attempts', { status: 429 }],
    ['maintenance', { status: 503 }],
    ['a redirect', { status: 301, headers: { Location: 'wss://other.example.com/' } }],
  ])('%s', async (_, refusal) => {
    server.refuseUpgrades(refusal);
    expect(printed).toContain(withoutValues(await failure()));
  });

  it('a host that does not answer, a port that nobody listens to, a wrong subprotocol', async () => {
    server.hangUpgrades(1);
    expect(printed).toContain(withoutValues(await failure({ connectTimeout: 20 })));
    const { url, stop } = await reserveDeadUrl();
    expect(printed).toContain(withoutValues(await failure({ url })));
    await stop();
    server.subprotocol = () => 'v1';
    expect(printed).toContain(withoutValues(await failure({ protocols: ['v2'] })));
  });

  it('the end of a connection, with and without a close frame', async () => {
    const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
    const causes: string[] = [];
    client.on('reconnecting', ({ cause }) => causes.push(cause.message));
    for (const end of [() => server.dropAll(), () => server.closeAll(1008, 'policy violation')]) {
      const reconnected = new Promise((resolve) => client.once('reconnected', resolve));
      end();
      await reconnected;
    }
    for (const cause of causes) expect(printed).toContain(withoutValues(cause));
    expect(causes).toHaveLength(2);
    await client.close();
  });

  it('calls that fail', async () => {
    const client = await WebSocketClient.connect({ url: server.url }, new GenericJsonHandler());
    server.refuseTopic('trades.NOPE');
    for (const silent of ['"slow"', '"trades.BTC"']) server.respondTo(silent, []);
    server.respondTo('"no"', (text) => ({ req_id: JSON.parse(text).req_id, success: false }));
    const calls = [
      client.request({ op: 'slow' }, { timeout: 20 }),
      client.request({ op: 'no' }),
      client.request({ op: 'order', quantity: 1n }),
      client.request({ op: 'order' }, { timout: 20 } as object),
      client.subscribe('trades.BTC', { timeout: 20 }),
      client.authenticate(),
    ];
    const outcomes = await Promise.allSettled<unknown>(calls);
    outcomes.push(...(await Promise.allSettled([client.subscribe('trades.NOPE')])));
    await client.close();
    outcomes.push(...(await Promise.allSettled([client.request({ op: 'order' })])));
    const away = new WebSocketClient({ url: server.url }, new GenericJsonHandler());
    outcomes.push(...(await Promise.allSettled([away.request({ op: 'order' }, { timeout: 20 })])));
    await away.close();
    for (const outcome of outcomes) {
      expect(printed).toContain(withoutValues((outcome as PromiseRejectedResult).reason.message));
    }
    expect(outcomes).toHaveLength(9);
  });
});

it('the check of messages notices a text that nobody prints', () => {
  expect(texts.some((text) => text.test('No open socket within 5 s'))).toBe(false);
  expect(texts.some((text) => text.test('Request 7 got no answer within 30000 ms. Try again.'))).toBe(false);
});

/** The words of a message: a host, a number and the id of a request differ from run to run. */
function withoutValues(message: string): string {
  return message
    .replace(/127\.0\.0\.1:\d+\//g, 'stream.example.com/')
    .replace(/Request \S+/, 'Request 7')
    .replace(/\d{2,}(?= ms)|(?<=: ?)\d+/g, '9');
}

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
