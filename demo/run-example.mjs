// Runs an example of this folder: npm run example -- request-response
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSource } from './run-source.mjs';

const [name = ''] = process.argv.slice(2);
// The first line of an example says so.
const examples = readdirSync(import.meta.dirname)
  .filter(
    (file) => file.endsWith('.ts') && readFileSync(join(import.meta.dirname, file), 'utf8').startsWith('// Example:'),
  )
  .map((file) => file.replace(/\.ts$/, ''));

if (examples.includes(name)) await runSource(name);
else {
  process.stderr.write(`${name ? `There is no example ${JSON.stringify(name)}.` : 'Which example?'} There are:\n`);
  for (const example of examples) process.stderr.write(`  npm run example -- ${example}\n`);
  process.exitCode = 2;
}
