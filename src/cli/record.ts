import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Recorder } from 'hpx-transport-ws/recording';
import { type ConnectionOptions, UsageError } from './arguments.js';
import { runLive } from './live.js';
import type { Report } from './report.js';
import type { OutStream } from './terminal.js';
import * as texts from './texts.js';

/**
 * Writes a connection to a file, or to the output. Returns the exit code.
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
  const recorder = new Recorder({ sink: (line) => void sink.write(`${line}\n`) });
  report.event('record', texts.recording(target));
  const code = await runLive(connection, report, signal, {
    runtime: recorder.runtime,
    prepare: (client) => void recorder.attach(client),
  });
  recorder.stop();
  if (stream) {
    stream.end();
    await once(stream, 'close');
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
