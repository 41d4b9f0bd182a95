import { build } from 'vite';

// The whole application in one file: our package, and ws behind it. With the argument `stub` an empty module is in the place of
// bufferutil, as in bundles of Vite before version 8.
const isStubbed = process.argv[2] === 'stub';
await build({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
  ssr: { noExternal: true },
  resolve: isStubbed ? { alias: { bufferutil: `${import.meta.dirname}/stub.mjs` } } : {},
  build: { ssr: 'entry.mjs', outDir: isStubbed ? 'dist-stub' : 'dist' },
});
