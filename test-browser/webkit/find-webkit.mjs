import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** WebKitWebDriver, with which comes WebKitGTK, and a display of its own for the browser. */
const DEBIAN_PACKAGES = ['webkit2gtk-driver', 'xvfb'];

/** Where the programs are that drive WebKitGTK; each is `undefined` where it is missing. */
export function findWebKit() {
  return {
    driver: process.env.WEBKIT_DRIVER_PATH ?? onPath('WebKitWebDriver'),
    browser: process.env.MINIBROWSER_PATH ?? findMiniBrowser(),
    display: onPath('Xvfb'),
  };
}

/** From Debian's packages, where the system has those and this runs as root. */
export function installWebKit() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return;
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...DEBIAN_PACKAGES);
}

function apt(...args) {
  console.log(`> apt-get ${args.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', args, { stdio: 'inherit', env, timeout: 600_000 });
}

function onPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

/** No PATH leads to it: Debian has it in /usr/lib/<architecture>/webkit2gtk-<version>, others in /usr/libexec. */
function findMiniBrowser() {
  const homes = ['/usr/libexec', '/usr/lib', ...foldersIn('/usr/lib').filter((path) => path.includes('-linux-gnu'))];
  return homes
    .flatMap(foldersIn)
    .filter((path) => /\/webkit(2)?gtk-[\d.]+$/.test(path))
    .map((path) => join(path, 'MiniBrowser'))
    .find(isProgram);
}

function foldersIn(path) {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch {
    return [];
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
