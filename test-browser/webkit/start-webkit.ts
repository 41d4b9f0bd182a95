import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pass } from 'node:timers/promises';
import { Program } from './program.js';
import { command, WebDriverSession } from './webdriver.js';

/** Where the programs are, as find-webkit.mjs found them. */
export interface WebKitPrograms {
  readonly driver: string;
  readonly browser: string;
  readonly display: string;
}

export interface WebKit {
  readonly session: WebDriverSession;
  stop(): Promise<void>;
}

/** Starts WebKitGTK's MiniBrowser on a display of its own, driven by WebKitWebDriver. */
export async function startWebKit(programs: WebKitPrograms): Promise<WebKit> {
  const home = await mkdtemp(join(tmpdir(), 'hpx-webkit-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const { display, name } = await startDisplay(programs.display);
  const { driver, address } = await startDriver(programs.driver, environment(home, name));
  const session = await WebDriverSession.open(address, {
    'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] },
  });
  return {
    session,
    stop: async () => {
      await session.delete();
      await driver.stop();
      await display.stop();
    },
  };
}

/** Neither the user's settings nor the services of a desktop, which a bare machine does not have. */
function environment(home: string, display: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    DISPLAY: display,
    GDK_BACKEND: 'x11',
    HOME: home,
    XDG_RUNTIME_DIR: home,
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
  };
}

async function startDisplay(path: string): Promise<{ display: Program; name: string }> {
  // It takes a free number and prints it.
  const display = new Program(path, ['-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', '1280x1024x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface(display.child.stdio[3] as Readable);
  const [number] = await Promise.race([once(lines, 'line'), display.gone()]);
  return { display, name: `:${number}` };
}

async function startDriver(path: string, env: NodeJS.ProcessEnv): Promise<{ driver: Program; address: string }> {
  const port = await freePort();
  // Warnings of GTK on a bare machine do not matter.
  const driver = new Program(path, [`--port=${port}`], { stdio: 'ignore', env });
  const address = `http://127.0.0.1:${port}`;
  await Promise.race([answering(address), driver.gone()]);
  return { driver, address };
}

async function answering(address: string): Promise<void> {
  const isReady = (): Promise<boolean> =>
    command<{ ready: boolean }>('GET', `${address}/status`).then(
      ({ ready }) => ready,
      () => false,
    );
  while (!(await isReady())) await pass(50);
}

/** The driver takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
