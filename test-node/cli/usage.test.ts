import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { buildProgram, removeProgram, runProgram, VERSION } from './program.js';

beforeAll(buildProgram);
afterAll(removeProgram);

/** Runs in this process: wrong arguments need no connection. */
async function usage(...args: string[]) {
  const printed = { out: '', err: '' };
  const into = (stream: 'out' | 'err') => ({
    write: (text: string) => {
      printed[stream] += text;
    },
  });
  const code = await run(args, {
    out: into('out'),
    err: into('err'),
    environment: {},
    version: VERSION,
    signal: new AbortController().signal,
  });
  return { code, ...printed };
}

it.each([[['--help']], [['tap', '--help']], [['record', '-h']], [['replay', '--help']]])(
  'prints the help of %s in 80 columns [RC7]',
  async (args) => {
    const { code, out, err } = await usage(...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('hpx-transport-ws');
    for (const line of stripVTControlCharacters(out).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  },
);

it('runs as a process and prints its version [RC7]', async () => {
  expect(await runProgram('--version')).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
});

const KEY = 'kx7-invented-key-01';

it.each<[string, string[], string]>([
  ['no command', [], 'A command is needed: tap, record, replay.'],
  ['an unknown command', ['watch'], 'There is no command "watch": tap, record, replay.'],
  ['no URL', ['tap'], 'A ws:// or wss:// URL is needed, or a --venue.'],
  ['another URL', ['tap', `https://example.com/?key=${KEY}`], 'The URL is not a ws:// or wss:// URL.'],
  ['two URLs', ['tap', 'ws://a', 'ws://b'], '"ws://b" is one argument too many.'],
  ['an unknown option', ['tap', 'ws://a', '--bogus'], 'There is no option --bogus. Known options: --venue, --topic,'],
  ['an option of another command', ['record', 'ws://a', '--json'], 'There is no option --json.'],
  ['an option without its value', ['tap', 'ws://a', '--for'], '--for needs a value.'],
  ['a flag with a value', ['tap', 'ws://a', '--quiet=1'], '--quiet takes no value.'],
  ['an unknown venue', ['tap', '--venue', 'nyse'], '--venue is "nyse"; one of binance, bybit, deribit, ethereum, okx'],
  ['a topic without a venue', ['tap', 'ws://a', '--topic', 'x'], '--topic needs a --venue.'],
  ['a wrong time', ['tap', 'ws://a', '--for', '3'], '--for is "3"; a time such as 500ms, 10s, 2m or 1h is needed'],
  ['a wrong header', ['tap', 'ws://a', '--header', KEY], "--header is no header; 'Name: value' is needed."],
  ['no file', ['replay'], 'The file of a recording is needed.'],
  ['a missing file', ['replay', 'no-such-file.ndjson'], 'no-such-file.ndjson cannot be read: ENOENT'],
  ['a folder', ['replay', 'src'], 'src cannot be read: it is a folder'],
  ['a wrong speed', ['replay', 'f', '--speed', '0'], '--speed is "0"; a number above 0 or max is needed.'],
  ['a wrong port', ['replay', 'f', '--serve', '70000'], '--serve is "70000"; a port from 0 to 65535 is needed.'],
  [
    'a URL that no client takes',
    ['tap', `ws://a/?key=${KEY}#part`],
    "allowed is a 'ws:' or 'wss:' URL without a fragment",
  ],
  ['a file that cannot be written', ['record', 'ws://a', '--out', 'no/such/folder'], 'cannot be written: ENOENT'],
])('refuses %s, says what is allowed, and ends with 2 [RC6]', async (_, args, message) => {
  const { code, out, err } = await usage(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err).toMatch(/\nSee: hpx-transport-ws (?:tap |record |replay )?--help\n$/);
  expect(err).not.toContain(KEY);
});
