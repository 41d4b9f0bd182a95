import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { findBrowser } from '../../test-browser/find-browser.mjs';

/** Far above what any check takes, so that a check that hangs fails. */
const DEADLINE = 120_000;

/** The folder in which the tools and the package are installed, and what a check does in it. */
class Lab {
  #browser;

  constructor(work) {
    this.work = work;
  }

  /** A path in the folder. */
  path(...parts) {
    return join(this.work, ...parts);
  }

  writeJson(path, value) {
    writeFileSync(this.path(path), JSON.stringify(value, null, 2));
  }

  /**
   * Starts the mock server of the package, in this process. It never answers `slow`, publishes a trade for `publish`, answers
   * `bytes` with a binary frame, publishes what comes as a binary frame, and ends the connection for `drop`.
   */
  async startServer() {
    const { MockWebSocketServer } = await import(this.path('node_modules/hpx-transport-ws/dist/node/testing.js'));
    const server = await MockWebSocketServer.start();
    const idOf = (text) => JSON.parse(text).req_id;
    server.respondTo('"op":"slow"', []);
    server.respondTo('"op":"publish"', (text) => [{ topic: 'trades', data: { price: 1 } }, { req_id: idOf(text) }]);
    server.respondTo('"op":"bytes"', (text) => Buffer.from(JSON.stringify({ req_id: idOf(text), data: 'from bytes' })));
    server.onBinary((connection, bytes) => connection.send({ topic: 'bytes', data: Buffer.from(bytes).toString() }));
    server.onMessage((connection, text) => {
      if (text !== 'drop') return false;
      connection.terminate();
      return true;
    });
    return server;
  }

  /** Starts such a server for `use`. */
  async withServer(use) {
    const server = await this.startServer();
    try {
      return await use(server);
    } finally {
      await server.close();
    }
  }

  /** Opens a page in Chromium for `use`. All checks share one browser. */
  async withPage(use) {
    this.#browser ??= launchChromium();
    const context = await (await this.#browser).newContext();
    try {
      return await use(await context.newPage());
    } finally {
      await context.close();
    }
  }

  async close() {
    await (await this.#browser)?.close();
  }

  /** Runs a program with this Node. Returns what it printed; throws that if it fails or does not end by itself. */
  async node(args, { env, cwd = this.work } = {}) {
    const options = {
      cwd,
      env: { ...environment(), ...env },
      timeout: DEADLINE,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 26,
    };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
      return stdout + stderr;
    } catch (error) {
      const why = error.killed ? `still running after ${DEADLINE} ms` : `exit code ${error.code}`;
      throw new Error(`${args.join(' ')}: ${why}\n${error.stdout}${error.stderr}`);
    }
  }
}

function launchChromium() {
  const { path: executablePath } = findBrowser('chromium') ?? {};
  if (!executablePath) throw new Error('No Chromium was found; node test-browser/install-browsers.mjs installs one.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--no-first-run'],
  });
}

/** Without what a test runner or a CI server sets, which changes what some tools do. */
function environment() {
  const { CI, NODE_ENV, NODE_OPTIONS, VITEST, JEST_WORKER_ID, ...own } = process.env;
  return { ...own, NO_COLOR: '1' };
}

/** Runs all checks, as many at a time as there are processors. Prints one line for each. Returns how many passed and failed. */
export async function runChecks(work, checks) {
  const lab = new Lab(work);
  const totals = { passed: 0, failed: 0 };
  const waiting = [...checks];
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      try {
        await check.run(lab);
        console.log(check.title);
        totals.passed++;
      } catch (error) {
        console.error(`${check.title} FAILED: ${error.message}`);
        totals.failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  await lab.close();
  return totals;
}
