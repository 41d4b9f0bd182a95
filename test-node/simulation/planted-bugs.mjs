// Plants each bug of bugs.mjs into a private copy of src and lets the simulator find it:
// node test-node/simulation/planted-bugs.mjs [PART OF A NAME …]
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bugs } from './bugs.mjs';
import { bundleSimulator, root } from './bundle.mjs';

/** Seeds without any bug. */
const SEEDS = 200;
/** For one bug. A bug that hangs the simulator counts as not found. */
const TIMEOUT = 180_000;
const HUNTER = join(import.meta.dirname, 'bug-hunter.mjs');

const wanted = process.argv.slice(2);
const chosen = [{ name: 'no bug at all' }, ...bugs].filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);
const queue = chosen.entries();
let failed = 0;
await Promise.all([hunt(0), hunt(1)]);
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function hunt(worker) {
  for (const [index, bug] of queue) {
    const { isFine, words } = await tryOne(bug, `planted-bug-${worker}`).catch((error) => ({ words: error.message }));
    if (!isFine) failed++;
    console.log(`${isFine ? 'ok    ' : 'FAILED'} ${String(index).padStart(2)} ${bug.name.padEnd(60)} ${words}`);
  }
}

async function tryOne(bug, name) {
  const copy = await mkdtemp(join(tmpdir(), 'hpx-bug-'));
  try {
    await cp(join(root, 'src'), join(copy, 'src'), { recursive: true });
    // Its paths are relative to it: from here the package's names stand for the copy.
    await cp(join(root, 'tsconfig.json'), join(copy, 'tsconfig.json'));
    if (bug.file) await plant(bug, copy);
    const bundle = await bundleSimulator(name, join(copy, 'tsconfig.json'));
    const { seeds = SEEDS } = bug;
    const found = await run(bundle, seeds);
    const isCaught = found !== '';
    if (!bug.file)
      return { isFine: !isCaught, words: isCaught ? `caught where there is none: ${found}` : 'nothing found' };
    return { isFine: isCaught, words: found || `survived ${seeds} seeds` };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function plant({ file, search, replace }, copy) {
  const path = join(copy, 'src', file);
  const text = await readFile(path, 'utf8');
  if (!text.includes(search)) throw new Error(`src/${file} has no '${search}' any more: bring bugs.mjs up to date`);
  await writeFile(
    path,
    text.replaceAll(search, () => replace),
  );
}

/** The first violation, or nothing. */
function run(bundle, seeds) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [HUNTER, bundle, String(seeds)], { timeout: TIMEOUT }, (error, stdout, stderr) => {
      if (error) reject(new Error(error.killed ? `not found within ${TIMEOUT} ms` : stderr.slice(-400)));
      else resolve(stdout.trim());
    });
  });
}
