import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const QUIET = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Copies a folder that has its own lockfile, installs it, and then installs our package as npm would publish it: run
 * `npm run build` first. Calls `use` with the copy, and deletes the copy afterwards.
 */
export async function withInstalled(folder, use) {
  const work = mkdtempSync(join(tmpdir(), 'installed-'));
  const npm = (cwd, ...args) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    cpSync(folder, work, { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
    npm(work, 'ci', ...QUIET);
    const packed = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', work);
    const [{ filename }] = JSON.parse(packed);
    npm(work, 'install', '--no-save', ...QUIET, `./${filename}`);
    return await use(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
