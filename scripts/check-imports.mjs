// Checks that the imports of src go one way, down the floors of docs/ARCHITECTURE.md, and never in a circle.
// A type is an import like any other: a reader has to open that file too.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const src = join(import.meta.dirname, '../src');

/** From the top floor down. A file imports from its own part, and from the floors below it. Parts of one floor never meet. */
const FLOORS = [
  ['index'],
  ['client'],
  ['assemble', 'default-runtime', 'client-emitter', 'client-options', 'client-stats'],
  ['connection'],
  ['inbound'],
  ['subscriptions'],
  ['requests', 'channel'],
  ['outbound'],
  ['ask-handler'],
  ['context'],
  ['events', 'typed-requests'],
  ['protocol'],
  ['config', 'trace'],
  ['util'],
  ['errors'],
  ['texts'],
  ['identifiers', 'runtime', 'connection-state'],
];

/** Parts that stand beside the tower, with all that they may use of it. */
const BESIDE = {
  adapters: ['texts', 'errors', 'runtime', 'identifiers'],
  handlers: ['texts', 'protocol', 'errors', 'identifiers', 'util', 'order-book'],
  'order-book': ['client', 'worker', 'channel', 'events', 'protocol', 'util', 'errors', 'identifiers'],
  worker: [
    ...['client', 'client-emitter', 'client-options', 'client-stats', 'connection', 'inbound', 'subscriptions'],
    ...['requests', 'channel', 'context', 'events', 'typed-requests', 'protocol', 'trace', 'util', 'errors', 'texts'],
    ...['identifiers', 'runtime', 'connection-state', 'adapters'],
  ],
  react: [
    ...['client', 'client-options', 'worker', 'order-book', 'channel', 'events', 'util', 'errors', 'adapters'],
    ...['client-stats', 'connection-state'],
  ],
  recording: ['adapters', 'protocol', 'trace', 'util', 'errors', 'runtime'],
  cli: ['util'],
  testing: ['texts', 'protocol', 'errors', 'identifiers', 'runtime', 'adapters'],
};

/** The face: what an application imports. It alone may reach the parts beside the tower. */
const FACE = ['index', 'default-runtime'];

const files = readdirSync(src, { recursive: true }).filter((file) => file.endsWith('.ts'));
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const faults = [];
for (const [file, targets] of imports) {
  for (const target of targets) {
    if (!isAllowed(partOf(file), partOf(target))) faults.push(`src/${file} must not import src/${target}`);
  }
}
for (const circle of circles()) faults.push(`a circle: ${circle.map((file) => `src/${file}`).join(' → ')}`);
for (const fault of faults) console.error(fault);
console.log(`${files.length} files of src, ${faults.length} forbidden imports`);
process.exitCode = faults.length > 0 ? 1 : 0;

function importsOf(file) {
  const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const paths = [...text.matchAll(/^(?:import|export|\}) ?.*from '(\.[^']+)\.js'/gm)].map(([, path]) => `${path}.ts`);
  return paths.map((path) => relative(src, normalize(join(src, dirname(file), path))));
}

/** The folder of a file, or its name at the top of src. */
function partOf(file) {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '');
}

function isAllowed(from, to) {
  if (from === to) return true;
  if (from in BESIDE) return BESIDE[from].includes(to);
  if (to in BESIDE) return FACE.includes(from);
  const floorOf = (part) => FLOORS.findIndex((floor) => floor.includes(part));
  if (floorOf(from) < 0 || floorOf(to) < 0) throw new Error(`${floorOf(from) < 0 ? from : to} stands on no floor`);
  return floorOf(from) < floorOf(to);
}

/** Each circle once, from the file that a walk meets first. */
function circles() {
  const found = [];
  const done = new Set();
  const walk = (file, path) => {
    const at = path.indexOf(file);
    if (at >= 0) return void found.push([...path.slice(at), file]);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}
