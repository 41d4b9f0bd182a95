import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { serveFolder } from './serve-folder.mjs';

const NEXT = 'node_modules/next/dist/bin/next';

/** Each app: how to build it, where the build puts the files for the browser, and how to serve it. */
export const apps = [
  {
    name: 'vite',
    build: ['node_modules/vite/bin/vite.js', 'build', 'apps/vite'],
    files: 'apps/vite/dist',
    serve: (work) => serveFolder(join(work, 'apps/vite/dist')),
  },
  {
    name: 'webpack',
    build: ['apps/webpack/build.cjs'],
    files: 'apps/webpack/dist',
    serve: (work) => serveFolder(join(work, 'apps/webpack/dist')),
  },
  {
    name: 'vite with a worker',
    build: ['node_modules/vite/bin/vite.js', 'build', 'apps/vite-worker'],
    files: 'apps/vite-worker/dist',
    serve: (work) => serveFolder(join(work, 'apps/vite-worker/dist')),
  },
  {
    name: 'webpack with a worker',
    build: ['apps/webpack-worker/build.cjs'],
    files: 'apps/webpack-worker/dist',
    serve: (work) => serveFolder(join(work, 'apps/webpack-worker/dist')),
  },
  {
    name: 'Next',
    build: [NEXT, 'build', 'apps/next'],
    files: 'apps/next/.next/static',
    serve: startNext,
    onServer: true,
  },
  {
    name: 'Next with webpack',
    build: [NEXT, 'build', '--webpack', 'apps/next'],
    env: { WITH_WEBPACK: '1' },
    files: 'apps/next/.next/static',
    serve: startNext,
    onServer: true,
  },
];

/** Without `CI`: with it, Next warns that its cache is not kept. */
function environment(env) {
  const { CI, ...own } = process.env;
  return { ...own, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', ...env };
}

/** Builds an app. A warning is an error. */
export async function buildApp(work, { name, build, env }) {
  const options = { cwd: work, env: environment(env), timeout: 300_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, build, options);
  const said = stdout + stderr;
  if (/warn|⚠|\(!\)/i.test(said)) throw new Error(`${name} warns:\n${said}`);
}

async function startNext(work, { env }) {
  const args = [NEXT, 'start', 'apps/next', '--hostname', '127.0.0.1', '--port', '0'];
  const child = spawn(process.execPath, args, {
    cwd: work,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  let url;
  for await (const line of createInterface(child.stdout)) {
    said += `${line}\n`;
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (line.includes('Ready')) break;
  }
  if (!url) throw new Error(`Next did not start:\n${said}`);
  const stop = () => {
    child.kill();
    return ended;
  };
  return { url, stop };
}
