/** Every code entry of the package, as an application writes it. */
export function entriesOf(manifest) {
  return Object.keys(manifest.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => ({
      path,
      name: manifest.name + path.slice(1),
      runsInBrowser: 'browser' in manifest.exports[path],
    }));
}
