const { join } = require('node:path');
const Metro = require('metro');

/** Bundles the application as React Native does. By `fields` it resolves as before Metro 0.82: by main fields only. */
async function main(by) {
  const defaults = await Metro.loadConfig({ projectRoot: __dirname, cwd: __dirname });
  const config = Metro.mergeConfig(defaults, {
    projectRoot: __dirname,
    watchFolders: [join(__dirname, '..')],
    reporter: { update: () => {} },
    cacheStores: [],
    maxWorkers: 1,
    resolver: {
      useWatchman: false,
      unstable_enablePackageExports: by === 'exports',
      nodeModulesPaths: [join(__dirname, '../node_modules')],
      resolverMainFields: ['react-native', 'browser', 'main'],
    },
    transformer: { enableBabelRCLookup: true, babelTransformerPath: require.resolve('./transformer.cjs') },
  });
  await Metro.runBuild(config, {
    entry: 'main.js',
    platform: 'ios',
    dev: false,
    minify: false,
    out: join(__dirname, `out-${by}`),
  });
}

main(process.argv[2]).then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
