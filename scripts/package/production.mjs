import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { internalNames } from '../build/internal-names.mjs';

/** The production build has shorter texts and shorter names inside; an application must see the same members. */
export async function checkProduction(app, manifest) {
  const directory = join(app, 'node_modules', manifest.name);
  const short = internalNames();
  const load = (file) => import(pathToFileURL(join(directory, file)).href);
  for (const [path, { browser }] of Object.entries(manifest.exports)) {
    if (!browser) continue;
    const full = await load(browser.import);
    const production = await load(browser.production.import);
    assert.deepEqual(Object.keys(production), Object.keys(full), `${path}: both builds export the same`);
    for (const [name, value] of Object.entries(full)) {
      const expected = membersOf(value).map((member) => (Object.hasOwn(short, member) ? short[member] : member));
      assert.deepEqual(
        membersOf(production[name]),
        expected.sort(),
        `${path}: ${name} has the same members in both builds`,
      );
    }
  }
  console.log(`production: the same exports and members; ${Object.keys(short).length} internal names are short`);
}

/** The own names of an export, and of its prototype where it is a class. */
function membersOf(value) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return [];
  const names = Reflect.ownKeys(value).concat(value.prototype ? Reflect.ownKeys(value.prototype) : []);
  return names.map(String).sort();
}
