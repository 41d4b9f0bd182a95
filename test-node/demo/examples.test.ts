import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/examples.md', 'utf8');
const examples = readdirSync('demo')
  .filter((file) => file.endsWith('.ts') && readFileSync(join('demo', file), 'utf8').startsWith('// Example:'))
  .map((file) => file.replace(/\.ts$/, ''));

/** What each example must print: what it is there to show. */
const SHOWS: Readonly<Record<string, readonly RegExp[]>> = {
  'custom-handler': [/logged in, state ready/, /update .*64000/, /answer .*order: 9/, /17: no money/, /who are you\?/],
  'market-maker': [
    /connection lost/,
    /mm-\d+ (?:buy|sell): unknown/,
    /mm-\d+ was placed: it counts/,
    /^\d+ quotes, the last \d+ cancelled, 0 orders left at the exchange$/m,
  ],
  'request-response': [
    /BTC: placed as order 1/,
    /LUNA: REQUEST_REJECTED, the server refused/,
    /REQUEST_TIMEOUT, it may have been carried out/,
    /CONNECTION_CLOSED, it may have been carried out/,
    /offline: it never left/,
  ],
  subscription: [
    /connection 2 is ready/,
    /trades\.BTC missed up to \d+ ms \(disconnect\)/,
    /trades\.ETH: [1-9]\d* updates, 0 dropped/,
  ],
};

describe('an example', () => {
  it('is run by a test and is in docs/examples.md, each of them [PK30]', () => {
    expect(Object.keys(SHOWS).sort()).toEqual(examples.sort());
    for (const example of examples) expect(page).toContain(`npm run example -- ${example}`);
    for (const [, path = ''] of page.matchAll(/\]\(\.\.\/(demo\/[^)]+)\)/g)) expect(existsSync(path), path).toBe(true);
  });

  it.each(examples)('%s runs with one command and shows what it is about [PK30]', async (example) => {
    const { stdout, stderr } = await run(example);
    expect(stderr).toBe('');
    for (const shown of SHOWS[example] ?? []) expect(stdout).toMatch(shown);
  });

  it('that does not exist is refused with a list [PK30]', async () => {
    const refused = run('nonsense');
    await expect(refused).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('There is no example') });
    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining('npm run example -- subscription') });
  });
});

function run(example: string) {
  return promisify(execFile)(process.execPath, ['demo/run-example.mjs', example]);
}
