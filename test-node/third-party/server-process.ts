import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';

export interface ServerProcess {
  /** What the program said that it serves. */
  readonly endpoint: string;
  /** Ends it without a word to its clients, as a crash does, and everything that it started. */
  kill(): Promise<void>;
}

/** Starts a program and waits for the line with its endpoint, which is the first group of `ready`. */
export async function startServer(program: string, args: readonly string[], ready: RegExp): Promise<ServerProcess> {
  // A group of its own, so that its children end with it.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const killGroup = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
    }
  };
  process.once('exit', killGroup);
  const kill = async () => {
    killGroup();
    await closed;
    process.off('exit', killGroup);
  };
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer) => {
      said += chunk;
      // A line that is still coming may hold half an endpoint.
      const [, found] = ready.exec(said.slice(0, said.lastIndexOf('\n') + 1)) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    closed.then(() => reject(new Error(`${program} ended before it served:\n${said}`)), reject);
  });
  return { endpoint, kill };
}

/**
 * A port that a server can leave and come back to: none of those that the system hands to client sockets, one of which
 * could take it meanwhile.
 */
export async function freePort(): Promise<number> {
  let port = 20_000;
  while (!(await isFree(port))) port++;
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
