import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

// Part of the root entry, or the entry of the helpers; no venues.
const GENERAL_HANDLERS = ['generic-json', 'json-rpc', 'exchange-handler', 'index'];
const CONDITIONS = ['types', 'browser', 'node', 'default'];
/** `from './x.js'`, `import './x.js'` and `require('./x.cjs')`, as Rollup writes them. */
const LOCAL_IMPORT = /\b(?:from |import |require\()['"](\.[^'"]+)['"]/g;

export function checkContents(app, manifest, root) {
  const directory = join(app, 'node_modules', manifest.name);
  checkVenues(manifest, root);
  checkExports(directory, manifest);
  checkOldResolvers(manifest);
  checkFiles(directory, root);
  checkClasses(directory, manifest);
  checkReact(directory, manifest);
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

/** Resolvers that do not know `exports` read `main`, `types` and `typesVersions`. */
function checkOldResolvers({ exports, main, types, typesVersions }) {
  assert.equal(main, exports['.'].node.require, 'main');
  assert.equal(types, exports['.'].types.require, 'types');
  const paths = Object.entries(exports).filter(([path, node]) => path !== '.' && typeof node !== 'string');
  const expected = Object.fromEntries(paths.map(([path, node]) => [path.slice(2), [node.types.require]]));
  assert.deepEqual(typesVersions, { '*': expected }, 'typesVersions has each entry');
}

function checkFiles(directory, root) {
  for (const entry of readdirSync(join(directory, 'dist'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    assert.ok(!text.includes(root), `${file} names a path of this machine`);
    if (file.endsWith('.map')) checkSourceMap(file, JSON.parse(text));
    if (!/\.c?js$/.test(file)) continue;
    assert.doesNotMatch(text, /\beval\(|\bnew Function\(/, `${file}: a strict content security policy forbids this`);
    assert.doesNotMatch(text, /['"]#adapter/, `${file}: #adapter was not resolved`);
  }
}

/** The text of a source is in the package once: as a file, or in the map where the source comes from another package. */
function checkSourceMap(file, { sources, sourcesContent }) {
  sources.forEach((source, n) => {
    const isFile = existsSync(join(dirname(file), source));
    const isInMap = typeof sourcesContent[n] === 'string';
    assert.notEqual(isFile, isInMap, `${file}: the text of ${source} must be in the package once`);
  });
}

/** `instanceof` holds between two entries only while they share one copy of a class. */
function checkClasses(directory, manifest) {
  const entries = Object.values(manifest.exports).filter((conditions) => typeof conditions !== 'string');
  for (const platform of ['browser', 'production', 'node']) {
    for (const kind of ['import', 'require']) {
      const targets = entries.flatMap(
        (conditions) => ({ ...conditions.browser, ...conditions })[platform]?.[kind] ?? [],
      );
      const owners = new Map();
      for (const file of filesBehind(targets.map((target) => join(directory, target)))) {
        for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:^|[;}])class (\w+)/gm)) {
          assert.ok(!owners.has(name), `${platform} ${kind}: class ${name} is in ${owners.get(name)} and in ${file}`);
          owners.set(name, file);
        }
      }
      assert.ok(owners.has('WebSocketClient'), `${platform} ${kind}: no class WebSocketClient`);
    }
  }
}

/** The hooks are for client components, and no other entry needs React. */
function checkReact(directory, manifest) {
  for (const [path, { types, ...conditions }] of Object.entries(manifest.exports)) {
    if (path.endsWith('.json')) continue;
    for (const target of targetsOf(conditions)) {
      const texts = [...filesBehind([join(directory, target)])].map((file) => readFileSync(file, 'utf8'));
      const importsReact = texts.some((text) => /\b(?:from|import|require\() ?['"]react['"/]/.test(text));
      assert.equal(importsReact, path === './react', `${path}: only the entry react imports React`);
      assert.equal(/^['"]use client['"];/.test(texts[0]), path === './react', `${target}: 'use client'`);
    }
  }
}

/** The files, and all files that they import. */
function filesBehind(files, found = new Set()) {
  for (const file of files) {
    if (found.has(file)) continue;
    found.add(file);
    const paths = [...readFileSync(file, 'utf8').matchAll(LOCAL_IMPORT)].map(([, path]) => join(dirname(file), path));
    filesBehind(paths, found);
  }
  return found;
}
