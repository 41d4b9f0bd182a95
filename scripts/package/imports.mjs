import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './entries.mjs';

// Throws when the package's own code reads one of these names, also with `typeof`. ws may read them.
const TRAPS = `
for (const name of ['window', 'document', 'navigator', 'process', 'self', 'WebSocket', 'localStorage']) {
  const { value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
  const original = value ?? globalThis[name];
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      const caller = new Error().stack.split('\\n')[2];
      if (caller.includes('/hpx-transport-ws/dist/')) throw new Error('touched at import: ' + name);
      return original;
    },
  });
}
`;

/** Imports each entry in plain Node, both ways, and compares what they export. */
export function checkImports(app, manifest) {
  for (const { name } of entriesOf(manifest)) {
    const viaImport = namesOf(app, 'check.mjs', `${TRAPS} const exported = await import('${name}');`);
    const viaRequire = namesOf(app, 'check.cjs', `${TRAPS} const exported = require('${name}');`);
    assert.ok(viaImport.length > 0, `${name} exports nothing`);
    assert.deepEqual(viaRequire, viaImport, `${name}: require and import export the same`);
  }
  console.log('imports: import and require work in plain Node and touch nothing of their host');
}

function namesOf(app, file, code) {
  writeFileSync(join(app, file), `${code}\nconsole.log(JSON.stringify(Object.keys(exported).sort()));\n`);
  return JSON.parse(execFileSync(process.execPath, [file], { cwd: app, encoding: 'utf8' }));
}
