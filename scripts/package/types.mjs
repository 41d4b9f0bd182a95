import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './entries.mjs';

const MODES = [
  { module: 'nodenext', files: ['app.mts', 'app.cts'] },
  { module: 'esnext', moduleResolution: 'bundler', files: ['app.mts'] },
  { module: 'esnext', moduleResolution: 'bundler', customConditions: ['browser'], files: ['app.mts'] },
  // A resolver that does not know `exports`.
  { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0', files: ['app.cts'] },
];

/** Compiles an application that has only our types, without the types of Node and ws, and checks all libraries. */
export function checkTypes(app, manifest, root) {
  const imports = entriesOf(manifest).map(({ name }, index) => `import * as entry${index} from '${name}';`);
  const names = imports.map((_, index) => `entry${index}`).join(', ');
  const source = `${imports.join('\n')}
import { type Channel, GenericJsonHandler, WebSocketClient } from '${manifest.name}';
export const entries = [${names}];
export async function use(): Promise<Channel<number>> {
  const client = new WebSocketClient({ url: 'wss://localhost' }, new GenericJsonHandler<{ a: number }>());
  return client.subscribe('a');
}
`;
  writeFileSync(join(app, 'app.mts'), source);
  writeFileSync(join(app, 'app.cts'), source);
  for (const { files, ...mode } of MODES) {
    const compilerOptions = {
      ...mode,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', app], { stdio: 'inherit' });
  }
  console.log(
    'types: an application compiles as ESM, as CommonJS, for a bundler and for an old resolver, without Node types',
  );
}
