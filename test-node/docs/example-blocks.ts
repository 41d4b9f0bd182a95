import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One block of TypeScript in a page or in a docstring. */
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

/** Every ```ts and ```tsx block of the pages, and of the `@example` of every docstring. */
export function readExampleBlocks(root: string): ExampleBlock[] {
  const pages = ['README.md', ...filesBelow(root, 'docs', '.md')];
  const sources = filesBelow(root, 'src', '.ts');
  return [...pages, ...sources].flatMap((file) => {
    const blocks = blocksOf(file, readFileSync(join(root, file), 'utf8'));
    return PROGRAMS.includes(file) ? [joined(blocks)] : blocks;
  });
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

function blocksOf(file: string, text: string): ExampleBlock[] {
  const blocks: ExampleBlock[] = [];
  let block: (Pick<ExampleBlock, 'line' | 'language'> & { code: string[] }) | undefined;
  for (const [index, whole] of text.split('\n').entries()) {
    const line = file.endsWith('.ts') ? whole.replace(/^\s*\* ?/, '') : whole;
    if (block && line.startsWith('```')) {
      blocks.push({ ...block, file, code: block.code.join('\n') });
      block = undefined;
    } else if (block) {
      block.code.push(line);
    } else if (line === '```ts' || line === '```tsx') {
      block = { line: index + 2, language: line === '```ts' ? 'ts' : 'tsx', code: [] };
    }
  }
  return blocks;
}
