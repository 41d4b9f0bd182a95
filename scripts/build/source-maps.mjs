import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * Makes source maps small. The package ships `src` once, so that a map refers to it and holds only the text of sources
 * from other packages.
 * @param {{ byLine?: boolean }} options - `byLine`: one mapping for each pair of lines. Enough for code that is not
 *   minified: a breakpoint and a stack trace lead to the right line.
 */
export function smallSourceMaps({ byLine = false } = {}) {
  return {
    name: 'small-source-maps',
    generateBundle(_, bundle) {
      for (const [file, asset] of Object.entries(bundle)) {
        if (!file.endsWith('.map')) continue;
        const map = JSON.parse(asset.source);
        map.sourcesContent = map.sources.map((source, n) => (isOwn(source) ? null : map.sourcesContent[n]));
        if (byLine) Object.assign(map, { names: [], mappings: encode(decode(map.mappings).map(firstOfEachLine)) });
        asset.source = JSON.stringify(map);
      }
    },
  };
}

const isOwn = (source) => /^(\.\.\/)+src\//.test(source);

/** Of the segments of one generated line: the first for each line of a source. */
function firstOfEachLine(segments) {
  const isNew = ([, source, line], n) => n === 0 || source !== segments[n - 1][1] || line !== segments[n - 1][2];
  return segments.filter(isNew).map((segment) => segment.slice(0, 4));
}
