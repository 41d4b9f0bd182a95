import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const SRC = resolve('src');

/** The sources that lead to `#adapter`. Each platform gets its own copy; the platforms share all other sources. */
const FACE = ['index', 'client', 'default-runtime', 'recording', 'recording/recorder'].map(
  (name) => `${SRC}/${name}.ts`,
);

const MARK = /@(browser|node)(?=\.ts$)/;

/** The name of a source in the build of one platform: `src/index.ts` becomes `src/index@node.ts`. */
export function nameFor(platform, source) {
  return FACE.includes(resolve(source)) ? source.replace(/\.ts$/, `@${platform}.ts`) : source;
}

/** The path of a source as it is on disk. */
export const withoutMark = (path) => path.replace(MARK, '');

/** Builds the sources of the face once for each platform, with the platform's adapter in the place of `#adapter`. */
export function platforms() {
  return {
    name: 'platforms',
    async resolveId(source, importer, options) {
      if (MARK.test(source)) return resolve(source);
      const [, platform] = MARK.exec(importer ?? '') ?? [];
      if (!platform) return null;
      if (source === '#adapter') return `${SRC}/adapters/default-${platform}.ts`;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      return resolved && { ...resolved, id: nameFor(platform, resolved.id) };
    },
    load: (id) => (MARK.test(id) ? readFileSync(withoutMark(id), 'utf8') : null),
  };
}
