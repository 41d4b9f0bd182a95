// Makes sure that both browsers are there; does nothing where they are. What is missing comes from Playwright, or else
// from Debian's packages, where the system has those and this runs as root.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { debianPackageOf, engineNames, findBrowser } from './find-browser.mjs';

const playwright = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');

function run(command, args, env = {}) {
  console.log(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env }, timeout: 300_000 });
  return status === 0;
}

function install(name) {
  run(process.execPath, [playwright, 'install', name]);
  if (process.platform !== 'linux' || process.getuid() !== 0) return;
  if (findBrowser(name)) {
    // What was downloaded brings no system libraries.
    run(process.execPath, [playwright, 'install-deps', name]);
    return;
  }
  run('apt-get', ['update']);
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['install', '--yes', '--no-install-recommends', debianPackageOf(name)], quiet);
}

for (const name of engineNames) {
  if (!findBrowser(name)) install(name);
  const found = findBrowser(name);
  console.log(found ? `${name}: ${found.path}` : `${name}: none was found, and none could be installed`);
  if (!found) process.exitCode = 1;
}
