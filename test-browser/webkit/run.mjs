// Runs tests of the other browsers in WebKitGTK, by WebDriver: run `npm run build` first. It shares Safari's engine, but
// not its network stack, and is what Linux has of WebKit.
// What is missing comes from Debian's packages, where the system has those and this runs as root.
import { register } from 'node:module';
import { findWebKit, installWebKit } from './find-webkit.mjs';

/** Tests that need no more than a page and a server. */
const FILES = ['adapter.test.ts', 'back-forward.test.ts', 'client.test.ts'].map(
  (name) => new URL(`../${name}`, import.meta.url),
);

const PROGRAMS = { driver: 'WebKitWebDriver', browser: 'MiniBrowser', display: 'Xvfb' };

function missingOf(found) {
  return Object.keys(PROGRAMS).filter((name) => found[name] === undefined);
}

if (missingOf(findWebKit()).length > 0) installWebKit();
const programs = findWebKit();
const missing = missingOf(programs).map((name) => PROGRAMS[name]);
if (missing.length > 0) {
  console.error(`WebKitGTK: ${missing.join(' and ')} not found, and not installed (Debian: webkit2gtk-driver, xvfb)`);
  process.exit(1);
}
// Programs that are still there end with this one.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

console.log(`WebKitGTK: ${programs.browser}`);
register('./typescript-hooks.mjs', import.meta.url);
const { runTests } = await import('./fixtures.ts');
const { passed, failed } = await runTests(FILES, programs);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
