import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { SocketEvents, SocketRequest } from 'hpx-transport-ws';
import { Player } from 'hpx-transport-ws/recording';
import { UsageError } from './arguments.js';
import * as texts from './texts.js';

/** Whom a player gets as its client: its URL and limits play no part. */
export const REQUEST: SocketRequest = { url: 'ws://recording', protocols: [], maxMessageSize: Infinity };
/** Bytes in which the header of a recording must be: it has about 80. */
const LONGEST_HEADER = 4_096;
const IGNORED: SocketEvents = {
  onOpen: () => {},
  onMessage: () => {},
  onPing: () => {},
  onPong: () => {},
  onError: () => {},
  onClose: () => {},
};

/** @throws UsageError if there is no such file, or its first line is not the header of a recording */
export async function checkRecording(file: string): Promise<void> {
  const start = await startOf(file).catch((cause: Error) => {
    throw new UsageError(texts.cannotRead(file, cause.message), 'replay');
  });
  if (start === undefined) return;
  // A recording of nothing but this line.
  const player = new Player(start, { speed: Infinity });
  player.runtime.openSocket(REQUEST, IGNORED);
  await player.finished.catch((cause: Error) => {
    throw new UsageError(texts.cannotPlay(file, cause.message), 'replay');
  });
}

/** The first line that is not empty, and what is before it; undefined for a pipe: what is read of a pipe is gone. */
async function startOf(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw new Error(texts.A_FOLDER);
    return stats.isFile() ? await firstLine(handle) : undefined;
  } finally {
    await handle.close();
  }
}

async function firstLine(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
  return /^\s*.*/.exec(buffer.toString('utf8', 0, bytesRead))?.[0] ?? '';
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
