import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The texts of the core. */
export const TEXTS = 'src/texts.ts';

/** Exports that stay as they are: a helper, and a text that a server reads. */
const KEPT = ['sentence', 'methodNotFound'];
/** What an error does with its message. */
const LINKED = 'withLink';

/** One text of the core: its number, its name, the names of its values, and its source. */
function readTexts(file = TEXTS) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts = source.statements.filter(ts.isVariableStatement).map((statement) => {
    const { name, initializer } = statement.declarationList.declarations[0];
    const isFunction = ts.isArrowFunction(initializer);
    const values = isFunction ? initializer.parameters.map((parameter) => parameter.name.getText()) : [];
    const body = isFunction ? initializer.body : initializer;
    return { name: name.getText(), isFunction, values, body, source: statement.getText() };
  });
  return texts.map((text, index) => ({ ...text, number: index + 1, isKept: KEPT.includes(text.name) }));
}

/**
 * The module that takes the place of `src/texts.ts` in the production build: each text is its number and its values.
 * @param link - what an error adds to its message: where the numbers are explained
 */
export function shortTexts(link) {
  const lines = readTexts().map((text) => {
    if (text.name === LINKED) return `const LINK = ${JSON.stringify(` ${link}`)};\n${WITH_LINK}`;
    if (text.isKept) return text.source;
    if (!text.isFunction) return `export const ${text.name} = '#${text.number}';`;
    return `export const ${text.name} = (...values: unknown[]) => short(${text.number}, values);`;
  });
  return `${SHORT}\n${lines.join('\n')}\n`;
}

const SHORT = `const short = (number: number, values: unknown[]) =>
  \`#\${number}(\${values.filter((value) => value !== undefined && value !== '').join(', ')})\`;`;

/** A message may hold the message of another error. One link is enough. */
const WITH_LINK = `export const ${LINKED} = (message: string) =>
  /#\\d/.test(message) ? message.split(LINK).join('') + LINK : message;`;

/** The page that explains the numbers: docs/messages.md. */
export function textsPage() {
  const rows = readTexts()
    .filter(({ name, isKept }) => name !== LINKED && !isKept)
    .map(({ number, values, body }) => {
      const cells = [
        `<a id="${number}"></a>#${number}`,
        values.map((value) => `\`${value}\``).join(', '),
        wordsOf(body),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  return `${PREFACE}${rows.join('\n')}\n`;
}

const PREFACE = `# Messages of the production build

A bundler that sets the condition \`production\` takes the build with short messages: a number, the values in brackets, and a
link to this page. The \`code\` of an error and all other fields are the same in both builds. \`#12(#3, 5000)\` is message 12,
whose first value is message 3. The numbers change between releases; the link of a message leads to its own release.

This page is made by \`npm run build\`.

| number | values | message |
|---|---|---|
`;

/** A text as a reader sees it: the values in curly brackets, and both sides of a choice. */
function wordsOf(node) {
  if (ts.isParenthesizedExpression(node)) return wordsOf(node.expression);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return cell(node.text);
  if (ts.isBinaryExpression(node)) return wordsOf(node.left) + wordsOf(node.right);
  if (ts.isConditionalExpression(node)) return `{ ${wordsOf(node.whenTrue)} / ${wordsOf(node.whenFalse)} }`;
  if (!ts.isTemplateExpression(node)) return `{${nameOf(node)}}`;
  return node.templateSpans.reduce(
    (words, { expression, literal }) => words + wordsOf(expression) + cell(literal.text),
    cell(node.head.text),
  );
}

/** `sentence(words)` and `names.join(', ')` stand for their value. */
function nameOf(node) {
  if (!ts.isCallExpression(node)) return node.getText();
  return ts.isPropertyAccessExpression(node.expression)
    ? nameOf(node.expression.expression)
    : nameOf(node.arguments[0]);
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
