import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Recorder } from 'hpx-transport-ws/recording';
import { type ConnectionOptions, UsageError } from './arguments.js';
import { runLive } from './live.js';
import type { Report } from './report.js';
import type { OutStream } from './terminal.js';
import * as texts from './texts.js';

/**
 * Writes a connection to a file, or to the output. Returns the exit code. A file that takes no more ends the recording.
 * @throws UsageError if the file cannot be written
 */
export async function record(
  connection: ConnectionOptions,
  file: string | undefined,
  out: OutStream,
  report: Report,
  signal: AbortSignal,
): Promise<number> {
  const target = file ?? 'the output';
  const stream = file === undefined ? undefined : await openFile(file);
  const sink = stream ?? out;
  const end = new AbortController();
  signal.addEventListener('abort', () => end.abort(), { once: true });
  if (signal.aborted) end.abort();
  let failure: Error | undefined;
  stream?.on('error', (error) => {
    failure = error;
    end.abort();
  });
  const recorder = new Recorder({ sink: (line) => void sink.write(`${line}\n`) });
  report.event('record', texts.recording(target));
  const code = await runLive(connection, report, end.signal, {
    runtime: recorder.runtime,
    prepare: (client) => void recorder.attach(client),
  });
  recorder.stop();
  if (stream && !stream.closed) {
    stream.end();
    await once(stream, 'close').catch(() => {});
  }
  if (failure) {
    report.event('error', texts.cannotWrite(target, failure.message));
    return 1;
  }
  report.event('record', texts.written(recorder.lines, target));
  return code;
}

async function openFile(file: string) {
  const stream = createWriteStream(file);
  try {
    await once(stream, 'open');
    return stream;
  } catch (cause) {
    throw new UsageError(texts.cannotWrite(file, (cause as Error).message), 'record');
  }
}
