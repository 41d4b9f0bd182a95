const METROS = { exports: 'Metro', fields: 'Metro that knows main fields only' };

export const native = Object.entries(METROS).map(([by, name]) => ({
  title: `native: ${name} bundles the package with React Native's preset, and the bundle runs with the documented polyfills`,
  run: async (lab) => {
    await lab.node(['native/build.cjs', by]);
    await lab.withServer((server) => lab.node(['native/run.cjs', `native/out-${by}.js`, server.url]));
  },
}));
