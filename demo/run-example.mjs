// Bundles an example of this folder from the sources and runs it: npm run example -- request-response
// Node 20 cannot read TypeScript, and an example needs no `npm run build`.
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const [name = ''] = process.argv.slice(2);
// The first line of an example says so.
const examples = readdirSync(import.meta.dirname)
  .filter(
    (file) => file.endsWith('.ts') && readFileSync(join(import.meta.dirname, file), 'utf8').startsWith('// Example:'),
  )
  .map((file) => file.replace(/\.ts$/, ''));

if (examples.includes(name)) await run(name);
else {
  process.stderr.write(`${name ? `There is no example ${JSON.stringify(name)}.` : 'Which example?'} There are:\n`);
  for (const example of examples) process.stderr.write(`  npm run example -- ${example}\n`);
  process.exitCode = 2;
}

async function run(example) {
  // In node_modules, where imports of dependencies resolve and git ignores the file.
  const bundle = join(root, `node_modules/.cache/hpx-transport-ws/example-${example}.mjs`);
  const own = `${bundle}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: [`demo/${example}.ts`],
    outfile: own,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  // A rename is atomic: the same example may start twice.
  renameSync(own, bundle);
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle).href);
}
