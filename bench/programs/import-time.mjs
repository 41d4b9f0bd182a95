import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist } from '../lib/ours.mjs';

const require = createRequire(import.meta.url);

/**
 * How long the import of a module takes in a fresh process, in milliseconds.
 * @param {{ module: string, byRequire?: boolean }} options - a package, or a file of our build
 */
export default async function importTime({ module, byRequire }) {
  const file = module.startsWith('node/') ? join(dist, module) : undefined;
  const target = (file && (byRequire ? file : pathToFileURL(file).href)) ?? module;
  const cpu = process.cpuUsage();
  const start = performance.now();
  if (byRequire) require(target);
  else await import(target);
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1_000 };
}
