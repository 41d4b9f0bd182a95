import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { atEnd } from './live.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a child process ended, and what it said. */
export interface ChildEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of this folder as one script, compiled with the sources of the package. */
export async function compile(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    tsconfig: `${ROOT}/tsconfig.json`,
    external: ['ws', 'isomorphic-ws', 'nanoid', 'eventemitter3'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

/** Runs a script in its own Node process until the process exits. */
export async function runChild(script: string, ...args: readonly string[]): Promise<ChildEnd> {
  const child = spawn(process.execPath, ['--input-type=module', '-', ...args], { cwd: ROOT, env: {} });
  atEnd(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdin.end(script);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
