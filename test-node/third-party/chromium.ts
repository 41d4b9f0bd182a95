import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumFlags } from '../../test-browser/browser-flags.js';
import { findBrowser } from '../../test-browser/find-browser.mjs';
import { type ServerProcess, startServer } from './server-process.js';

/** A Chromium with a profile of its own; its endpoint is the browser's, from which every page can be reached. */
export async function startChromium(): Promise<ServerProcess> {
  const browser = findBrowser('chromium');
  if (!browser)
    throw new Error('There is no Chromium: set CHROMIUM_PATH, or run node test-browser/install-browsers.mjs');
  const profile = await mkdtemp(join(tmpdir(), 'hpx-devtools-'));
  const flags = ['--headless', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const server = await startServer(browser.path, [...chromiumFlags, ...flags, 'about:blank'], /listening on (ws:\S+)/);
  return {
    endpoint: server.endpoint,
    kill: async () => {
      await server.kill();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
