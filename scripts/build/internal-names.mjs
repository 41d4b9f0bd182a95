import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Only these parts of src see internal names: no application, no handler and no platform. */
const INNER = [
  'assemble.ts',
  'client.ts',
  'context.ts',
  'connection',
  'inbound',
  'outbound',
  'requests',
  'subscriptions',
  'channel',
  'util',
];

/** Words of the platform and of the bundled packages. */
const PLATFORM = /^lib\..*\.d\.ts$/;
const DEPENDENCIES = ['eventemitter3/index.js', 'nanoid/index.browser.js'];

/**
 * The names of members that only the inner parts of this package use: the production build shortens them. A name is left
 * alone if it is a word of a public declaration, of the platform, of a dependency, of any other part of src, or of any text.
 * @returns the short name of each
 */
export function internalNames() {
  const inner = filesIn('src').filter((file) => INNER.includes(relative('src', file).split('/')[0]));
  const others = filesIn('src').filter((file) => !inner.includes(file));
  const known = new Set(
    [
      ...others.map(withoutComments),
      ...filesIn('dist/types').map(withoutComments),
      ...filesIn(dirname(ts.getDefaultLibFilePath({})))
        .filter((file) => PLATFORM.test(file.split('/').at(-1)))
        .map(withoutComments),
      ...DEPENDENCIES.map((file) => readFileSync(join('node_modules', file), 'utf8')),
    ].flatMap(wordsOf),
  );
  const members = new Set();
  for (const file of inner) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    visit(source, (node) => {
      if (isMember(node)) members.add(node.name.text);
      if (ts.isStringLiteralLike(node)) for (const word of wordsOf(node.text)) known.add(word);
      // What a trace tells is read by applications.
      if (isTraceDetail(node)) for (const word of wordsOf(node.getText())) known.add(word);
    });
  }
  const names = [...members].filter((name) => name.length > 2 && !known.has(name)).sort();
  return Object.fromEntries(names.map((name, index) => [name, `$${index.toString(36)}`]));
}

function isMember(node) {
  const declares =
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isParameterPropertyDeclaration(node, node.parent);
  return declares && ts.isIdentifier(node.name);
}

function isTraceDetail(node) {
  return ts.isCallExpression(node) && /\.(effect|transition|frame)$/.test(node.expression.getText());
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function filesIn(folder) {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : path))
    .filter((path) => path.endsWith('.ts'));
}

const withoutComments = (file) => readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const wordsOf = (text) => text.match(/[A-Za-z_$][\w$]*/g) ?? [];
