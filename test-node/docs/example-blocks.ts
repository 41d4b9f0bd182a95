import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One block of code in a page or in a docstring. */
export interface ExampleBlock {
  /** From the root of the repository. */
  readonly file: string;
  /** The line of its first statement, counted from 1. */
  readonly line: number;
  /** `tsx`: React components. */
  readonly language: 'ts' | 'tsx';
  readonly code: string;
}

/** Pages whose blocks are one program, which grows from step to step. Their `text` blocks are lines that it prints. */
export const PROGRAMS = ['docs/guide.md'];

/** What the first line of a block says, and the language of the block. */
type Fences = Readonly<Record<string, ExampleBlock['language']>>;

const RUN: Fences = { '```ts': 'ts', '```tsx': 'tsx' };
const CHECKED: Fences = { '```js': 'ts' };

/** Every ```ts and ```tsx block of the pages, and of the `@example` of every docstring. */
export function readExampleBlocks(root: string): ExampleBlock[] {
  return [...pagesOf(root), ...filesBelow(root, 'src', '.ts')].flatMap((file) => {
    const blocks = blocksOf(root, file, RUN);
    return PROGRAMS.includes(file) ? [joined(blocks)] : blocks;
  });
}

/** Every ```js block of the pages. They need what a test does not have, such as another package, so they are not run. */
export function readCheckedBlocks(root: string): ExampleBlock[] {
  return pagesOf(root).flatMap((file) => blocksOf(root, file, CHECKED));
}

function pagesOf(root: string): string[] {
  return ['README.md', ...filesBelow(root, 'docs', '.md')];
}

/** The blocks as one, each on its own lines of the page. */
function joined(blocks: readonly ExampleBlock[]): ExampleBlock {
  const [first] = blocks;
  if (!first) throw new Error('a program needs a block');
  const lines: string[] = [];
  for (const { line, code } of blocks) {
    while (lines.length < line - first.line) lines.push('');
    lines.push(...code.split('\n'));
  }
  return { ...first, code: lines.join('\n') };
}

function filesBelow(root: string, folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function blocksOf(root: string, file: string, fences: Fences): ExampleBlock[] {
  const blocks: ExampleBlock[] = [];
  let block: (Pick<ExampleBlock, 'line' | 'language'> & { code: string[] }) | undefined;
  for (const [index, whole] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
    const line = file.endsWith('.ts') ? whole.replace(/^\s*\* ?/, '') : whole;
    if (block && line.startsWith('```')) {
      blocks.push({ ...block, file, code: block.code.join('\n') });
      block = undefined;
    } else if (block) {
      block.code.push(line);
    } else {
      const language = fences[line];
      if (language) block = { line: index + 2, language, code: [] };
    }
  }
  return blocks;
}
