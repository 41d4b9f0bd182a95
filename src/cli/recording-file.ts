import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { UsageError } from './arguments.js';
import * as texts from './texts.js';

/** @throws UsageError if there is no such file */
export async function checkFile(file: string): Promise<void> {
  try {
    const handle = await open(file);
    const isFolder = (await handle.stat()).isDirectory();
    await handle.close();
    if (isFolder) throw new Error(texts.A_FOLDER);
  } catch (cause) {
    throw new UsageError(texts.cannotRead(file, (cause as Error).message), 'replay');
  }
}

/** The lines of a file, read when they are needed, until the signal aborts. */
export async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const stream = createReadStream(file);
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  signal.addEventListener('abort', () => stream.destroy(), { once: true });
  try {
    yield* lines;
  } finally {
    stream.destroy();
  }
}
