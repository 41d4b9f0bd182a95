import { build } from 'vite';

// The whole application in one file: our package, and ws behind it. Vite puts a stub in the place of bufferutil.
await build({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
  ssr: { noExternal: true },
  build: { ssr: 'entry.mjs', outDir: 'dist' },
});
