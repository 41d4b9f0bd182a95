import { bundle, gzippedLength } from '../lib/bundle.mjs';

/**
 * What a page pays for a client: bytes, bundled with all dependencies, minified, and each file gzipped. What may load later
 * counts too.
 * @param {{ contents: string, conditions?: string[] }} options
 */
export default async function bundleSize({ contents, conditions }) {
  const files = (await bundle(contents, { conditions })).map((file) => file.contents);
  const sum = (sizeOf) => files.reduce((total, file) => total + sizeOf(file), 0);
  return { gzipped: sum(gzippedLength), minified: sum((file) => file.length), files: files.length };
}
