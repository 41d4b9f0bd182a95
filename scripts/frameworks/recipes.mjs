import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A block of code whose first line names its file: `// vue/feed.ts` or `<!-- vue/App.vue -->`. */
const BLOCK = /^```\w+\n(?:\/\/ |<!-- )([\w./-]+)(?: -->)?\n([\s\S]*?)^```$/gm;

/** Writes the code of docs/frameworks.md into the apps. What is built is what a reader copies. Returns the names of the files. */
export function writeRecipes(work) {
  const page = readFileSync(new URL('../../docs/frameworks.md', import.meta.url), 'utf8');
  return [...page.matchAll(BLOCK)].map(([, name, code]) => {
    const file = join(work, 'apps', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    return name;
  });
}
