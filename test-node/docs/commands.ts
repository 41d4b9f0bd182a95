import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const scripts: Readonly<Record<string, string>> = manifest.scripts;
/** Subcommands of npm that run no script of ours. */
const OF_NPM = ['ci', 'init', 'install', 'pack', 'publish'];

/** What is wrong with shell commands: scripts, files, packages and options that do not exist. `page` may name files of the reader. */
export function checkCommands(code: string, page: string): string[] {
  const commands = code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .flatMap((line) => line.split(/&&|;/))
    .map((command) => command.trim())
    .filter((command) => command !== '');
  return commands.flatMap((command) => wrongIn(command, page).map((what) => `${command}: ${what}`));
}

function wrongIn(command: string, page: string): string[] {
  const words = command
    .replace(/ --prefix \S+/, '')
    .split(/\s+/)
    .filter((word) => !/^[A-Z_]+=/.test(word));
  const [program = '', ...rest] = words;
  if (program === 'npm') return wrongNpm(rest);
  if (program === 'npx') return wrongNpx(rest, page);
  if (program === 'node') return wrongFile(rest.find((word) => !word.startsWith('-')) ?? '', rest, page);
  if (program === 'mkdir' || program === 'cd' || program === 'git') return [];
  return existsSync(program) ? [] : [`'${program}' is no command that this check knows`];
}

function wrongNpm([verb = '', ...rest]: readonly string[]): string[] {
  if (OF_NPM.includes(verb)) return [];
  const script = verb === 'run' ? (rest[0] ?? '') : verb;
  const line = scripts[script];
  if (line === undefined) return [`package.json has no script '${script}'`];
  const split = rest.indexOf('--');
  return split < 0 ? [] : wrongOptions(line, rest.slice(split + 1));
}

function wrongNpx(words: readonly string[], page: string): string[] {
  const [tool = '', ...rest] = words.filter((word) => word !== '-y');
  // The source of the command line: what is built may be older, or missing.
  if (tool === manifest.name) return wrongOptions('node src/cli/main.ts', rest);
  if (tool === 'vitest') {
    const paths = rest.filter((word) => /^test-|\//.test(word));
    return paths.filter((path) => !existsSync(path)).map((path) => `no ${path}`);
  }
  if (tool === 'tsx') return wrongFile(rest[0] ?? '', rest, page);
  return ['changeset', 'tsc', 'biome', 'playwright', 'rollup'].includes(tool)
    ? []
    : [`'${tool}' is no tool that this check knows`];
}

/** A file of this repository, or one that the page tells the reader to write. */
function wrongFile(file: string, words: readonly string[], page: string): string[] {
  if (existsSync(file)) return wrongOptions(`node ${file}`, words.slice(words.indexOf(file) + 1));
  return page.includes(`\`${file}\``) ? [] : [`no ${file}`];
}

/** Options such as `--seeds`, and the words of `npm test -- node`, must be in the script, or in a file of its folder. */
function wrongOptions(line: string, words: readonly string[]): string[] {
  const [, script] = /^node (\S+)/.exec(line) ?? [];
  if (script === undefined || !existsSync(script)) return [];
  const folder = dirname(script);
  const near = folder === 'scripts' ? [script] : filesIn(folder);
  const text = near.map((file) => readFileSync(file, 'utf8')).join('\n');
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] as string);
  const names = script === 'scripts/test.mjs' ? words.filter((word) => /^[a-z]+$/.test(word)) : [];
  return [
    ...options
      .filter((name) => !new RegExp(`(?:--|['"]?)\\b${name}\\b['"]?(?:\\s*:|['"\\s=,)])`).test(text))
      .map((name) => `${script} knows no --${name}`),
    ...names.filter((name) => !new RegExp(`\\b${name}: \\[`).test(text)).map((name) => `${script} knows no '${name}'`),
  ];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:mjs|ts|cjs)$/.test(entry.name))
    .map((entry) => join(folder, entry.name));
}
