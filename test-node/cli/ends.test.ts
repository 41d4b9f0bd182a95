import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { serve } from '../support/live.js';
import { buildProgram, folder, Program, removeProgram, runProgram, VERSION } from './program.js';

beforeAll(buildProgram);
afterAll(removeProgram);

const VALUES: Readonly<Record<string, string>> = { '--serve': '0', '--for': '1h' };

/** A recording whose second update comes after a minute. */
function slowFile(): string {
  const file = join(folder, 'slow.ndjson');
  const lines = [
    '{"recording":"hpx-transport-ws","version":1,"startedAt":1767225600000}',
    '{"time":0,"socket":1,"event":"connecting","url":"ws://x/"}',
    '{"time":1,"socket":1,"event":"open"}',
    '{"time":2,"socket":1,"event":"in","text":"{\\"n\\":1}"}',
    '{"time":60000,"socket":1,"event":"in","text":"{\\"n\\":2}"}',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('--for', () => {
  it('ends a tap, a recording and a replay, each with its summary [RC2]', async () => {
    const server = await serve({ exchange: false });
    const tap = await runProgram('tap', server.url, '--for', '0.5s');
    expect([tap.code, tap.err]).toEqual([0, '']);
    expect(tap.out).toMatch(/s, 0 frames in, 0 out, 0 reconnects, 0 gaps/);
    const record = await runProgram('record', server.url, '--for', '500ms');
    expect(record.code).toBe(0);
    expect(record.out).toContain('"event":"close"');
    expect(record.err).toMatch(/lines written to the output/);
    const replay = await runProgram('replay', slowFile(), '--for', '500ms');
    expect([replay.code, replay.err]).toEqual([0, '']);
    expect(replay.out).toContain('close code 1000: the replay was stopped');
    expect(replay.out).toMatch(/frames? of \d\.\d s played\n$/);
  });

  it('ends with 1 if there was no connection in this time [RC2, RC5]', async () => {
    const server = await serve();
    server.hangUpgrades();
    const { code, out } = await runProgram('tap', server.url, '--for', '200ms');
    expect(code).toBe(1);
    expect(out).toContain(`No connection to ${server.url}/`);
  });
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends a command before its time, as %s [RC1, RC2]', async (signal) => {
    const server = await serve({ exchange: false });
    const tap = new Program('tap', server.url, '--for', '1h');
    await tap.says('is ready');
    tap.interrupt(signal);
    expect([await tap.exitCode, tap.err]).toEqual([0, '']);
    expect(tap.out).toMatch(/0 gaps/);
  });

  it('while a subscription waits for its answer ends with the summary [RC1]', async () => {
    const server = await serve();
    server.respondTo('"op":"subscribe"', []);
    const tap = new Program('tap', server.url, '--venue', 'bybit', '--topic', 'tickers.BTCUSDT', '--json');
    await tap.says('subscribe');
    tap.interrupt();
    expect(await tap.exitCode).toBe(0);
    expect(tap.objects.at(-1)).toMatchObject({ type: 'summary', state: 'ready', gaps: 0 });
    expect(tap.objects.map(({ type }) => type)).not.toContain('error');
  });

  it('ends a replay with its summary [RC4]', async () => {
    const replay = new Program('replay', slowFile(), '--json');
    await replay.says('"type":"frame"');
    replay.interrupt();
    expect(await replay.exitCode).toBe(0);
    expect(replay.objects.map(({ type }) => type)).toEqual(['ready', 'frame', 'lost', 'summary']);
    expect(replay.objects.at(-1)).toMatchObject({ frames: 1, hidden: 0, position: 2 });
    expect(replay.err).toBe('1 frame of 0.0 s played\n');
  });

  it.each([
    ['tap', 1],
    ['record', 1],
    ['replay', 0],
    ['replay --serve', 0],
    ['replay --for', 0],
  ])('before %s has begun ends it at once [RC1, RC4]', async (command, exitCode) => {
    const server = await serve();
    server.hangUpgrades();
    const [name = '', ...options] = command.split(' ');
    const args = [
      name,
      name === 'replay' ? slowFile() : server.url,
      ...options.flatMap((option) => [option, VALUES[option] ?? '']),
    ];
    const printed: string[] = [];
    const stream = { write: (text: string) => printed.push(text) };
    const signal = AbortSignal.abort();
    expect(await run(args, { out: stream, err: stream, environment: {}, version: VERSION, signal })).toBe(exitCode);
    expect(printed.join('')).not.toContain('"n":');
  });
});
