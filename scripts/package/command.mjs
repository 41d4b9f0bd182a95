import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocketServer } from 'ws';

const run = promisify(execFile);

/** Runs the command line of the packed package, as npx does: through a link in `node_modules/.bin`. */
export async function checkCommand(app, manifest) {
  const [[name, file]] = Object.entries(manifest.bin);
  const target = join(app, 'node_modules', manifest.name, file);
  assert.match(readFileSync(target, 'utf8'), /^#!\/usr\/bin\/env node\n/, `${file} begins with a shebang`);
  const work = mkdtempSync(join(tmpdir(), 'command-'));
  const bin = join(work, name);
  symlinkSync(target, bin);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.send('{"price":1}'));
  const url = `ws://127.0.0.1:${server.address().port}`;
  const recording = join(work, 'feed.ndjson');
  try {
    const call = (...args) => run(process.execPath, [bin, ...args], { cwd: work, timeout: 60_000 });
    assert.equal((await call('--version')).stdout, `${manifest.version}\n`);
    assert.match((await call('tap', url, '--for', '1s')).stdout, /< \{"price":1\}/);
    await call('record', url, '--out', recording, '--for', '1s');
    assert.match((await call('replay', recording, '--speed', 'max')).stdout, /< \{"price":1\}/);
    // A venue is a file of its own.
    await assert.rejects(call('tap', 'ws://127.0.0.1:9', '--venue', 'okx', '--for', '100ms'), { code: 1 });
  } finally {
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`command: npx ${manifest.name} taps, records and replays`);
}
