const { strictEqual } = require('node:assert/strict');
const { webcrypto } = require('node:crypto');
const { readFileSync } = require('node:fs');
const vm = require('node:vm');
const WebSocket = require('ws');

/** What React Native has, as far as the package may ask for it: no TextDecoder, no TextEncoder, no structuredClone. */
const PLATFORM = {
  queueMicrotask,
  setTimeout,
  clearTimeout,
  requestAnimationFrame: (next) => setTimeout(next, 16),
  performance,
  WebSocket,
  AbortController,
};
/** What docs/platforms.md tells an application to add. */
const POLYFILLS = { URL, crypto: webcrypto };

const [bundle, url] = process.argv.slice(2);
const world = vm.createContext({ ...PLATFORM, ...POLYFILLS });
world.global = world;
vm.runInContext(readFileSync(bundle, 'utf8'), world);
world.run(url).then((price) => strictEqual(price, 1));
