// Builds the recipes of docs/frameworks.md, and an app with the oldest React that the hooks support, and opens each of them in
// a browser. Uses the package as npm would publish it: run `npm run build` first. With names, as in
// `npm run check:frameworks -- vue`, it builds these only.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';
import { serveFolder } from '../bundlers/serve-folder.mjs';
import { withInstalled } from '../runtimes/installed.mjs';
import { checkApp } from './check-app.mjs';
import { writeRecipes } from './recipes.mjs';

const FLAGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];
const VITE = 'node_modules/vite/bin/vite.js';
const TSC = 'node_modules/typescript/bin/tsc';

/** Each app with the programs that build it. */
const APPS = {
  vue: [
    [TSC, '-p', 'apps/vue'],
    [VITE, 'build', 'apps/vue'],
  ],
  svelte: [
    [TSC, '-p', 'apps/svelte'],
    [VITE, 'build', 'apps/svelte'],
  ],
  angular: [
    ['node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js', '-p', 'apps/angular'],
    [VITE, 'build', 'apps/angular'],
  ],
  react: [[VITE, 'build', 'apps/react']],
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(APPS);
const total = { passed: 0, failed: 0 };
await withInstalled(import.meta.dirname, async (work) => {
  console.log(`docs/frameworks.md: ${writeRecipes(work).join(', ')}`);
  const { MockWebSocketServer } = await import(join(work, 'node_modules/hpx-transport-ws/dist/node/testing.js'));
  const { path: executablePath } = findBrowser('chromium') ?? {};
  if (!executablePath) throw new Error('No Chromium was found; node test-browser/install-browsers.mjs installs one.');
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    for (const name of wanted) {
      for (const command of APPS[name]) await run(work, command);
      const server = await MockWebSocketServer.start();
      const site = await serveFolder(join(work, 'apps', name, 'dist'));
      const { passed, failed } = await checkApp(name, { browser, url: site.url, server });
      total.passed += passed;
      total.failed += failed;
      await site.stop();
      await server.close();
    }
  } finally {
    await browser.close();
  }
});
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** Runs a program of the installation; what it says is shown if it fails. */
async function run(cwd, command) {
  try {
    await promisify(execFile)(process.execPath, command, {
      cwd,
      env: { ...process.env, NODE_ENV: 'production' },
      timeout: 300_000,
    });
  } catch ({ stdout, stderr }) {
    throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
  }
}
