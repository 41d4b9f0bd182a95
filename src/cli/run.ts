import { isTransportError } from 'hpx-transport-ws';
import { type Command, readCommand, UsageError } from './arguments.js';
import { runLive } from './live.js';
import { record } from './record.js';
import { replay } from './replay.js';
import { Report } from './report.js';
import { serve } from './serve.js';
import { type OutStream, Terminal } from './terminal.js';
import * as texts from './texts.js';

/** What the command line has of its process. */
export interface Shell {
  readonly out: OutStream;
  readonly err: OutStream;
  readonly environment: NodeJS.ProcessEnv;
  readonly version: string;
  /** Aborts when the user ends the run. */
  readonly signal: AbortSignal;
}

/** Runs a command line. Returns the exit code: 0 done, 1 not all was done, 2 wrong arguments. */
export async function run(args: readonly string[], shell: Shell): Promise<number> {
  try {
    return await carryOut(readCommand(args), shell);
  } catch (error) {
    const usage = asUsageError(error);
    shell.err.write(`${usage.message}\n${texts.seeHelp(usage.command)}\n`);
    return 2;
  }
}

async function carryOut(command: Command, shell: Shell): Promise<number> {
  const { out, err, environment, version } = shell;
  switch (command.name) {
    case 'help':
      out.write(`${command.of ? texts.HELP_OF[command.of] : texts.HELP}\n`);
      return 0;
    case 'version':
      out.write(`${version}\n`);
      return 0;
    default:
  }
  const duration = command.name === 'replay' ? command.duration : command.connection.duration;
  const { signal, clear } = withDeadline(shell.signal, duration);
  try {
    if (command.name === 'record') {
      const report = new Report(new Terminal(err, environment), 'none');
      return await record(command.connection, command.out, out, report, signal);
    }
    const { frames, json } = command.output;
    const report = json
      ? new Report(new Terminal(err, environment), frames, out)
      : new Report(new Terminal(out, environment), frames);
    if (command.name === 'tap') return await runLive(command.connection, report, signal);
    return await (command.port === undefined ? replay : serve)(command, report, signal);
  } finally {
    clear();
  }
}

/**
 * A wrong command line, also where the client refuses a setting, for example a URL with a fragment.
 * @throws any other error, as it is
 */
function asUsageError(error: unknown): UsageError {
  if (error instanceof UsageError) return error;
  if (isTransportError(error) && error.code === 'CONFIG_INVALID') return new UsageError(error.message);
  throw error;
}

/** A signal that also aborts after a time. */
function withDeadline(signal: AbortSignal, duration: number): { signal: AbortSignal; clear: () => void } {
  if (duration === Infinity) return { signal, clear: () => {} };
  const end = new AbortController();
  const abort = () => end.abort();
  const timer = setTimeout(abort, duration);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return {
    signal: end.signal,
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
