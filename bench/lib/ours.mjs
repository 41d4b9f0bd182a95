import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of the built package that is measured. */
export const dist = process.env.HPX_DIST ?? join(import.meta.dirname, '../../dist');

/** An entry of the built package, as Node loads it. */
export function loadOurs(entry = 'index') {
  return import(pathToFileURL(join(dist, `node/${entry}.js`)).href);
}
