import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

// Part of the root entry, so that they are no venues.
const GENERAL_HANDLERS = ['generic-json', 'json-rpc', 'exchange-handler'];
const CONDITIONS = ['types', 'browser', 'node', 'default'];

export function checkContents(app, manifest, root) {
  checkVenues(manifest, root);
  checkExports(join(app, 'node_modules', manifest.name), manifest);
  checkFiles(join(app, 'node_modules', manifest.name), root);
  console.log('contents: every export exists, in the order of conditions, and each class once per build');
}

/** A venue is a .ts file of src/handlers; what several venues share lives in a folder there. */
function checkVenues(manifest, root) {
  const handlers = join(root, 'src/handlers');
  const files = existsSync(handlers) ? readdirSync(handlers).filter((file) => file.endsWith('.ts')) : [];
  const venues = files.map((file) => basename(file, '.ts')).filter((name) => !GENERAL_HANDLERS.includes(name));
  const exported = Object.keys(manifest.exports).filter((path) => path.startsWith('./handlers/'));
  assert.deepEqual(
    exported.sort(),
    venues.map((name) => `./handlers/${name}`).sort(),
    'package.json exports each venue',
  );
}

function checkExports(directory, manifest) {
  for (const [path, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === 'string') continue;
    const names = Object.keys(conditions);
    const order = CONDITIONS.filter((name) => names.includes(name));
    assert.deepEqual(names, order, `the order of conditions of ${path}`);
    for (const name of names) {
      assert.ok(conditions[name].import && conditions[name].require, `${path} ${name}: both import and require`);
    }
    for (const file of targetsOf(conditions))
      assert.ok(existsSync(join(directory, file)), `${path}: ${file} is missing`);
  }
}

function targetsOf(node) {
  return typeof node === 'string' ? [node] : Object.values(node).flatMap(targetsOf);
}

function checkFiles(directory, root) {
  const owners = new Map();
  for (const entry of readdirSync(join(directory, 'dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    assert.ok(!text.includes(root), `${file} names a path of this machine`);
    if (!/\.c?js$/.test(file)) continue;
    assert.doesNotMatch(text, /\beval\(|\bnew Function\(/, `${file}: a strict content security policy forbids this`);
    assert.ok(!text.includes('#adapter'), `${file}: #adapter was not resolved`);
    checkOwners(owners, file, text);
  }
}

/** `instanceof` holds between two entries only while they share one copy of a class. */
function checkOwners(owners, file, text) {
  const build = file.replace(/^.*\/dist\/(\w+).*(\.c?js)$/, '$1 $2');
  for (const [, name] of text.matchAll(/^class (\w+)/gm)) {
    const key = `${build} ${name}`;
    assert.ok(!owners.has(key), `class ${name} is both in ${owners.get(key)} and in ${file}`);
    owners.set(key, file);
  }
}
