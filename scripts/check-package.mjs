// Checks the package as npm would publish it: run `npm run build` first.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBundles } from './package/bundles.mjs';
import { checkCommand } from './package/command.mjs';
import { checkContents } from './package/contents.mjs';
import { checkImports } from './package/imports.mjs';
import { checkProduction } from './package/production.mjs';
import { checkSize } from './package/size.mjs';
import { checkTypes } from './package/types.mjs';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'check-package-'));
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const tool = (name, ...args) => process.stdout.write(run(join(root, 'node_modules/.bin', name), ...args));

/** An application's folder with the packed package in it, and of ours nothing else but the runtime and peer dependencies. */
function install(tarball) {
  const app = join(work, 'app');
  const target = join(app, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  run('tar', '-xzf', tarball, '-C', target, '--strip-components=1');
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    cpSync(join(root, 'node_modules', name), join(app, 'node_modules', name), { recursive: true });
  }
  return app;
}

try {
  const [{ filename, unpackedSize }] = JSON.parse(
    run('npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', work),
  );
  const tarball = join(work, filename);
  tool('publint', 'run', tarball, '--strict');
  tool('attw', tarball, '--format', 'ascii');
  const app = install(tarball);
  checkContents(app, manifest, root);
  checkImports(app, manifest);
  await checkBundles(app, manifest);
  await checkProduction(app, manifest);
  checkTypes(app, manifest, root);
  await checkCommand(app, manifest);
  await checkSize(app, manifest, unpackedSize);
} finally {
  rmSync(work, { recursive: true, force: true });
}
