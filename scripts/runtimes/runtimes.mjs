import { existsSync } from 'node:fs';
import { join } from 'node:path';

const DENO = ['run', '--no-config', '--node-modules-dir=manual', '--no-lock', '--allow-all'];

/**
 * The runtimes: the npm package (one for each platform), the program in it, its options before the script's name, and the
 * adapters that the runtime supports.
 */
const RUNTIMES = [
  { name: 'Node 20', package: 'node20-{os}-{cpu}', program: 'bin/node', adapters: ['node'] },
  { name: 'Node 22', package: 'node22-{os}-{cpu}', program: 'bin/node', adapters: ['node', 'browser'] },
  { name: 'Node 24', package: 'node24-{os}-{cpu}', program: 'bin/node', adapters: ['node', 'browser'] },
  { name: 'Bun', package: '@oven/bun-{os}-{cpu}', program: 'bin/bun', adapters: ['node', 'browser'] },
  { name: 'Deno', package: '@deno/{os}-{cpu}-glibc', program: 'deno', options: DENO, adapters: ['node', 'browser'] },
];

/** The runtimes that are installed in a folder. Throws if one is missing. */
export function runtimesIn(folder) {
  const { platform, arch } = process;
  return RUNTIMES.map(({ name, package: pattern, program, options = [], adapters }) => {
    const cpu = pattern.startsWith('@oven') && arch === 'arm64' ? 'aarch64' : arch;
    const command = join(folder, 'node_modules', pattern.replace('{os}', platform).replace('{cpu}', cpu), program);
    if (!existsSync(command)) throw new Error(`package.json here names no package of ${name} for ${platform} ${arch}`);
    return { name, command, options, adapters };
  });
}
