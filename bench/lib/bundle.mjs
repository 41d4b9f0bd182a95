import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { dist } from './ours.mjs';

const PACKAGE = 'hpx-transport-ws';

/** How an application is bundled for a page. */
const FOR_PAGES = { bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', target: 'es2022' };

/**
 * Bundles code for a page as an application does: our package is found by its name, through the `exports` of its
 * package.json. What `import()` loads later is in files of its own. Paths, such as a worker file, are not followed.
 * @param {string} contents
 * @param {{ conditions?: string[], sourcemap?: boolean }} options - `conditions` as those of esbuild
 */
export async function bundle(contents, { conditions = [], sourcemap = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bundle-'));
  try {
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    symlinkSync(dirname(dist), join(modules, PACKAGE), 'junction');
    const { outputFiles } = await build({
      ...FOR_PAGES,
      stdin: { contents, resolveDir: dirname(import.meta.dirname) },
      nodePaths: [modules],
      conditions,
      // A page with React has it already.
      external: ['react'],
      // Its `paths` lead from the name of the package to the sources.
      tsconfigRaw: {},
      splitting: true,
      outdir: folder,
      sourcemap: sourcemap && 'external',
      logLevel: 'silent',
    });
    return outputFiles;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes as a server sends them. */
export const gzippedLength = (bytes) => gzipSync(bytes, { level: 9 }).length;
