import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from '@playwright/test';
import { chromiumFlags } from './browser-flags.js';

export interface RealChromium {
  readonly browser: Browser;
  /** Stops all its processes, as a machine that goes to sleep does, until `wake()`. */
  sleep(): void;
  wake(): void;
  stop(): Promise<void>;
}

/**
 * Chromium as its users have it. A Chromium that Playwright starts keeps each page visible, in focus and unthrottled, and
 * has no back/forward cache. A Chromium that Playwright only connects to hides, throttles, freezes and caches pages.
 */
export async function startChromium(path: string): Promise<RealChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'hpx-chromium-'));
  const flags = [...chromiumFlags, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn(path, [...flags, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its processes are one group, which can be signalled as a whole.
    detached: true,
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  };
  // Where a test failed before it could stop it.
  const killAtExit = (): void => {
    signal('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', killAtExit);
  const exited = once(child, 'exit');
  const browser = await chromium.connectOverCDP(await endpointOf(child), { isLocal: true, noDefaults: true });
  return {
    browser,
    sleep: () => signal('SIGSTOP'),
    wake: () => signal('SIGCONT'),
    stop: async () => {
      const session = await browser.newBrowserCDPSession();
      // The answer may not come any more.
      session.send('Browser.close').catch(() => {});
      await exited;
      process.off('exit', killAtExit);
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function endpointOf({ stderr }: ChildProcess): Promise<string> {
  if (!stderr) throw new Error('Chromium was started without its standard error');
  let said = '';
  // The stream is read to its end, so that Chromium never waits for it.
  const lines = createInterface(stderr);
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      said += `${line}\n`;
      const [, endpoint] = /listening on (ws:\S+)/.exec(line) ?? [];
      if (endpoint) resolve(endpoint);
    });
    lines.once('close', () => reject(new Error(`Chromium ended before it could be reached:\n${said}`)));
  });
}
