import { copyFileSync } from 'node:fs';

/** The oldest version that the package supports, three in between, and the newest one. */
const VERSIONS = { ts50: '5.0', ts54: '5.4', ts59: '5.9', ts60: '6.0', ts70: '7.0' };
const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
  noEmit: true,
};
/** Without the types of Node. */
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler', files: ['bundler.ts'] };
/** A resolver that knows `main` and `types` only. TypeScript 7 has it no more. */
const NODE10 = { module: 'commonjs', moduleResolution: 'node10', files: ['node10.ts'] };
/** As ES modules and as CommonJS, beside the types of Node and ws. */
const inNode = (name) => ({
  module: name,
  moduleResolution: name,
  types: ['node', 'ws'],
  files: ['node.mts', 'node.cts'],
});

function compiles(version, { files, ...mode }) {
  return {
    title: `types: an application compiles with TypeScript ${VERSIONS[version]}, moduleResolution ${mode.moduleResolution}`,
    run: async (lab) => {
      for (const file of files) copyFileSync(lab.path('types/app.ts'), lab.path('types', file));
      const project = `types/${version}-${mode.moduleResolution}.json`;
      const older = version === 'ts60' && mode.moduleResolution === 'node10' ? { ignoreDeprecations: '6.0' } : {};
      lab.writeJson(project, { compilerOptions: { ...OPTIONS, ...mode, ...older }, files });
      await lab.node([`node_modules/${version}/bin/tsc`, '-p', project]);
    },
  };
}

export const types = [
  ...Object.keys(VERSIONS).map((version) => compiles(version, BUNDLER)),
  ...['ts50', 'ts54'].map((version) => compiles(version, inNode('node16'))),
  ...['ts59', 'ts60', 'ts70'].map((version) => compiles(version, inNode('nodenext'))),
  ...['ts50', 'ts60'].map((version) => compiles(version, NODE10)),
];
