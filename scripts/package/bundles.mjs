import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { entriesOf } from './entries.mjs';

const TARGETS = {
  browser: { platform: 'browser', conditions: ['browser'] },
  production: { platform: 'browser', conditions: ['browser', 'production'] },
  // An edge runtime: neither a browser nor Node, so that `default` decides.
  edge: { platform: 'neutral', conditions: [], mainFields: ['module', 'main'] },
};

/** Bundles each entry as an application would, and runs it at once in a world that has no host objects. */
export async function checkBundles(app, manifest) {
  for (const { name } of entriesOf(manifest).filter((entry) => entry.runsInBrowser)) {
    const keys = [];
    for (const [target, options] of Object.entries(TARGETS)) {
      for (const code of [`export * from '${name}'`, `module.exports = require('${name}')`]) {
        keys.push(runAlone(await bundle(app, code, options, `${name} for ${target}`), name));
      }
    }
    for (const other of keys) assert.deepEqual(other, keys[0], `${name}: every build exports the same`);
  }
  const script = readFileSync(join(app, 'node_modules', manifest.name, manifest.unpkg), 'utf8');
  assert.ok(runAlone(script, manifest.name, 'HpxTransportWs').includes('WebSocketClient'), manifest.unpkg);
  console.log('bundles: no Node code in browser and edge bundles, and nothing touched at import');
}

async function bundle(app, contents, options, what) {
  const result = await build({
    stdin: { contents, resolveDir: app },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'bundled',
    logLevel: 'error',
    plugins: [withoutPeers],
    ...options,
  });
  const foreign = Object.keys(result.metafile.inputs).filter((file) =>
    /node_modules\/(ws|isomorphic-ws)\/|^node:/.test(file),
  );
  assert.deepEqual(foreign, [], `${what} contains code for Node`);
  return result.outputFiles[0].text;
}

/** A peer is the application's own, and may do what it likes at import. */
const withoutPeers = {
  name: 'without-peers',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^react$/ }, ({ path }) => ({ path, namespace: 'peer' }));
    onLoad({ filter: /.*/, namespace: 'peer' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** The names that a bundle exports in a world that has only the language and the text encodings. */
function runAlone(code, what, globalName = 'bundled') {
  const world = { TextDecoder, TextEncoder };
  const context = vm.createContext(world);
  for (const name of ['window', 'document', 'navigator', 'process', 'self', 'WebSocket', 'crypto', 'localStorage']) {
    const touched = () => assert.fail(`${what} touches ${name} at import`);
    Object.defineProperty(world, name, { get: touched, configurable: true });
  }
  const before = Object.getOwnPropertyNames(world);
  vm.runInContext(code, context);
  const added = Object.getOwnPropertyNames(world).filter((name) => !before.includes(name));
  assert.deepEqual(added, [globalName], `${what} adds globals`);
  return Object.keys(world[globalName]).sort();
}
