import { run } from './run.js';

/** The version of the package; the build puts it here. */
declare const PACKAGE_VERSION: string;

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
// The reader of a pipe may close it early, as in `hpx-transport-ws tap … | head`.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(0));

process.exitCode = await run(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  environment: process.env,
  version: PACKAGE_VERSION,
  signal: end.signal,
});
