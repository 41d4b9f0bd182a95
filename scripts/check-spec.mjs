// Compares docs/SPEC.md with the tests: the title of a test ends with the clauses that it proves, as in '… [CL4]' or '… [R1, F3]'.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['test-node', 'test-browser'];
const TITLED = new Set(['describe', 'it', 'test']);
const LATER = new Set(['venues']);
const CLAUSES = /\[([A-Z]+\d+(?:, ?[A-Z]+\d+)*)\]/;
const root = join(import.meta.dirname, '..');
const read = (path) => readFileSync(join(root, path), 'utf8');

/** Every clause with its mark, and what is wrong with the document itself. */
function readClauses() {
  const clauses = new Map();
  const defects = [];
  const { scripts } = JSON.parse(read('package.json'));
  const steps = read('.ci/run');
  // A clause goes on over indented lines.
  for (const [, id, text] of read('docs/SPEC.md').matchAll(/^- \*\*([A-Z]+\d+)\*\* (.+(?:\n {2}.+)*)/gm)) {
    const [, mark, detail] = /\((planned|checked): ([\w:]+)\)$/.exec(text) ?? [];
    if (clauses.has(id)) defects.push(`${id} is in docs/SPEC.md twice`);
    if (mark === 'planned' && !LATER.has(detail)) defects.push(`${id} is planned for '${detail}', which is no mark`);
    if (mark === 'checked' && !(scripts[detail] && steps.includes(`step npm run ${detail}\n`))) {
      defects.push(`${id} is checked by '${detail}', which is no npm script that .ci/run runs`);
    }
    clauses.set(id, { mark, tests: 0 });
  }
  return { clauses, defects };
}

/** Tests of behaviour and of types, and the suites that several of them share. */
function testFiles(folders = FOLDERS) {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { withFileTypes: true }).map((entry) => [folder, entry]))
    .filter(([, { name }]) => name !== 'node_modules')
    .flatMap(([folder, entry]) =>
      entry.isDirectory() ? testFiles([join(folder, entry.name)]) : join(folder, entry.name),
    )
    .filter((file) => /(\.test|\.test-d|\.spec|-suite)\.ts$/.test(file));
}

/** The titles of a file's tests that name clauses, rows of `it.each` included. */
function titlesIn(file) {
  const titles = [];
  const readTitle = (node) => {
    if (ts.isFunctionLike(node)) return;
    const text = textOf(node);
    if (text !== undefined && CLAUSES.test(text)) titles.push(text);
    ts.forEachChild(node, readTitle);
  };
  const visit = (node) => {
    if (ts.isCallExpression(node) && TITLED.has(calledName(node))) node.arguments.forEach(readTitle);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
  return titles;
}

/** A string as it stands, and a template with `…` for each expression. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text).join('…');
  return undefined;
}

/** `it` for `it(…)`, `it.only(…)` and `it.each(…)(…)`. */
function calledName(node) {
  let callee = node;
  while (callee.expression) callee = callee.expression;
  return callee.text;
}

const { clauses, defects } = readClauses();
if (clauses.size === 0) defects.push('docs/SPEC.md holds no clause');
for (const file of testFiles()) {
  for (const title of titlesIn(file)) {
    const { 0: tag, 1: ids, index } = CLAUSES.exec(title);
    if (index + tag.length < title.length) defects.push(`${file}: '${title}' must have its clauses at the end`);
    for (const id of ids.split(/, ?/)) {
      const clause = clauses.get(id);
      if (clause) clause.tests++;
      else defects.push(`${file} names ${id}, which is not in docs/SPEC.md`);
    }
  }
}

const idsOf = (wanted) => [...clauses].filter(([, clause]) => wanted(clause)).map(([id]) => id);
const untested = (mark) => idsOf((clause) => clause.tests === 0 && clause.mark === mark);
const lists = {
  'planned for later': untested('planned'),
  'tested, but still marked as planned': idsOf(({ tests, mark }) => tests > 0 && mark === 'planned'),
  'without a test': untested(undefined),
};
console.log(
  `${clauses.size} clauses: ${idsOf(({ tests }) => tests > 0).length} tested, ${untested('checked').length} checked by a step`,
);
for (const [what, ids] of Object.entries(lists)) {
  if (ids.length > 0) console.log(`${ids.length} ${what}: ${ids.join(', ')}`);
}
for (const defect of defects) console.error(defect);
process.exitCode = defects.length > 0 || lists['without a test'].length > 0 ? 1 : 0;
