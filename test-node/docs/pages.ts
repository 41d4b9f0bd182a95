import { readdirSync, readFileSync } from 'node:fs';

/** A page of the repository that people read. */
export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** One block of code in a page. */
export interface Block {
  readonly file: string;
  /** The line of its first statement, counted from 1. */
  readonly line: number;
  /** What follows the three signs: `ts`, `sh`. */
  readonly kind: string;
  readonly code: string;
}

const OTHERS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  'bench/faults/README.md',
  'test-node/README.md',
];

/** The README, docs/ and the other pages for people who use or change the package. */
export function readPages(): Page[] {
  const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  return [...OTHERS, ...docs.map((file) => `docs/${file}`)].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

/** Every block of code of a page. */
export function blocksOf({ file, text }: Page): Block[] {
  const lines = text.split('\n');
  const fences = lines.flatMap((line, index) => (line.startsWith('```') ? [index] : []));
  if (fences.length % 2 === 1) throw new Error(`${file} has a block of code without an end`);
  return fences
    .filter((_, n) => n % 2 === 0)
    .map((begin, n) => ({
      file,
      line: begin + 2,
      kind: (lines[begin] as string).slice(3).trim(),
      code: lines.slice(begin + 1, fences[2 * n + 1]).join('\n'),
    }));
}

/** A page without its blocks of code. */
export function proseOf({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
