import { realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { decode } from '@jridgewell/sourcemap-codec';
import { gzippedLength } from './bundle.mjs';
import { dist } from './ours.mjs';

/**
 * How many bytes of a bundle come from each source file, by its source maps, the largest first. `gzipped` is how much
 * smaller the gzipped bundle is without them.
 * @param {{ path: string, text: string }[]} files - of a bundle with source maps
 * @returns {{ name: string, minified: number, gzipped: number }[]}
 */
export function sizesOfSources(files) {
  const maps = new Map(files.filter(({ path }) => path.endsWith('.map')).map(({ path, text }) => [path, text]));
  const pieces = files
    .filter(({ path }) => !path.endsWith('.map'))
    .flatMap(({ path, text }) => piecesOf(text, JSON.parse(maps.get(`${path}.map`)), dirname(path)));
  const whole = lengthOf(pieces);
  const names = [...new Set(pieces.map(({ name }) => name))];
  return names
    .map((name) => ({
      name,
      minified: Buffer.byteLength(textOf(pieces.filter((piece) => piece.name === name))),
      gzipped: whole - lengthOf(pieces.filter((piece) => piece.name !== name)),
    }))
    .sort((a, b) => b.gzipped - a.gzipped);
}

const textOf = (pieces) => pieces.map(({ text }) => text).join('');
const lengthOf = (pieces) => gzippedLength(textOf(pieces));

/** The text of a file in pieces, each with the source that it comes from. */
function piecesOf(text, { sources, mappings }, folder) {
  const lines = decode(mappings);
  return text.split('\n').flatMap((line, number) => {
    const segments = lines[number] ?? [];
    const start = { name: 'the bundler', text: line.slice(0, segments[0]?.[0]) };
    const mapped = segments.map(([column, source], index) => ({
      name: source === undefined ? 'the bundler' : nameOf(resolve(folder, sources[source])),
      text: line.slice(column, segments[index + 1]?.[0]),
    }));
    return [start, ...mapped];
  });
}

const home = realpathSync(dirname(dist));

/** `src/client.ts`, or the name of another package. */
function nameOf(path) {
  const [, dependency] = /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(path) ?? [];
  return dependency ?? relative(home, path).replaceAll(sep, '/');
}
