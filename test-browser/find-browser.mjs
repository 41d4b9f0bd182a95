import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, firefox } from 'playwright';

/** What each engine is called: in the environment, on the PATH, in Debian's archive. */
const ENGINES = {
  chromium: {
    type: chromium,
    variable: 'CHROMIUM_PATH',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debianPackage: 'chromium',
  },
  firefox: {
    type: firefox,
    variable: 'FIREFOX_PATH',
    programs: ['firefox-esr', 'firefox'],
    debianPackage: 'firefox-esr',
  },
};

export const engineNames = Object.keys(ENGINES);

export const debianPackageOf = (name) => ENGINES[name].debianPackage;

/**
 * Where a browser of this engine is, asked in this order: an environment variable, Playwright's own download, the PATH.
 * `isOwn` says whether it is Playwright's browser. `undefined` if there is none.
 */
export function findBrowser(name) {
  const { type, variable, programs } = ENGINES[name];
  const named = process.env[variable];
  if (named) {
    if (!isProgram(named)) throw new Error(`${variable} is '${named}', which is no program that can be started`);
    return { path: named, isOwn: false };
  }
  const own = type.executablePath();
  if (own && existsSync(own)) return { path: own, isOwn: true };
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const path = programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isProgram);
  return path === undefined ? undefined : { path, isOwn: false };
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
