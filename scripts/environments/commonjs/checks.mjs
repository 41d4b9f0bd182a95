const OPTIONS = {
  module: 'commonjs',
  moduleResolution: 'node10',
  target: 'es2022',
  strict: true,
  esModuleInterop: true,
};

export const commonjs = [
  {
    title: 'commonjs: ts-node checks and runs an application',
    run: (lab) =>
      lab.node(['node_modules/ts-node/dist/bin.js', '--compiler', 'ts59', 'commonjs/app.ts'], {
        env: { TS_NODE_COMPILER_OPTIONS: JSON.stringify(OPTIONS) },
      }),
  },
];
