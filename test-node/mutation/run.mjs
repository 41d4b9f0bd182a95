// Mutates the core in a private copy, a small change at a time, and counts the changes that no test notices:
// node test-node/mutation/run.mjs [--concurrency N] [--minutes N] [file or folder of src …]
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { printScores } from './scores.mjs';

/** The folders of src that run in every client. */
const CORE = ['connection', 'inbound', 'outbound', 'requests', 'subscriptions', 'channel', 'protocol', 'util'];
const COPIED = ['src', 'test-node', 'package.json', 'tsconfig.json'];
const folder = import.meta.dirname;
const root = join(folder, '../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' }, minutes: { type: 'string', default: '300' } },
});

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort());

install();
const files = filesToMutate(positionals);
const copy = mkdtempSync(join(tmpdir(), 'hpx-mutation-'));
try {
  copyProject(copy);
  await mutate(copy, files);
  printScores(join(copy, 'mutation.json'));
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** Installs what package-lock.json names, unless that is what is there. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules/.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const options = { cwd: folder, stdio: 'inherit', timeout: 300_000 };
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options);
  if (status !== 0) throw new Error('npm ci has failed.');
  writeFileSync(stamp, wanted);
}

/** 'outbox', 'outbox.ts' and 'src/outbound/outbox.ts' are the same, 'outbound' is all of a folder; no name is all of the core. */
function filesToMutate(named) {
  const all = CORE.flatMap((folder) => readdirSync(join(root, 'src', folder)).map((file) => `src/${folder}/${file}`));
  const isNamed = (name) => (file) =>
    basename(file, '.ts') === basename(name, '.ts') || basename(dirname(file)) === basename(name);
  const unknown = named.filter((name) => !all.some(isNamed(name)));
  if (unknown.length > 0) throw new Error(`The core has no ${unknown.join(', ')}.`);
  return all.filter((file) => named.length === 0 || named.some((name) => isNamed(name)(file)));
}

/** Nothing that is mutated, and nothing that a run writes, lies in the work tree. */
function copyProject(to) {
  const filter = (path) => basename(path) !== 'node_modules';
  for (const name of COPIED) cpSync(join(root, name), join(to, name), { recursive: true, filter });
  for (const name of ['node_modules', 'test-node/mutation/node_modules']) symlinkSync(join(root, name), join(to, name));
}

/** Rejects if Stryker fails, is interrupted, or takes longer than it may. */
function mutate(cwd, files) {
  const stryker = join(
    dirname(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json')),
    'bin/stryker.js',
  );
  const config = join(cwd, 'test-node/mutation/stryker.config.mjs');
  // A group of its own, so that its workers end with it.
  const child = spawn(
    process.execPath,
    [stryker, 'run', config, '--mutate', files.join(','), '--concurrency', values.concurrency],
    { cwd, stdio: 'inherit', detached: true },
  );
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const timer = setTimeout(end, Number(values.minutes) * 60_000);
  interrupted.signal.addEventListener('abort', end);
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      interrupted.signal.removeEventListener('abort', end);
      if (code === 0) resolve();
      else reject(new Error(`Stryker ended with ${signal ?? code}.`));
    });
  });
}
