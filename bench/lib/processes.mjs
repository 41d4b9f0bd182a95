import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * One of the peers installs optional native parts of ws. They are off for all contestants, as if each was installed alone.
 */
const ENVIRONMENT = { ...process.env, WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' };
const ROOT = join(import.meta.dirname, '..');

/** A server process; resolves when it listens. */
export async function startServer(protocol) {
  const child = fork(join(ROOT, 'servers/server.mjs'), [protocol], { stdio: 'inherit', env: ENVIRONMENT });
  const [{ port }] = await Promise.race([once(child, 'message'), failure(child, `the ${protocol} server`)]);
  return {
    url: `ws://127.0.0.1:${port}`,
    send: (message) => child.send(message),
    onReply: (listener) => child.on('message', listener),
    stop: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

/**
 * One run of one contestant: a fresh server, a fresh client process. Resolves with what the program measured.
 * @param {{ program: string, protocol?: string, options?: object, dist?: string, nodeFlags?: string[] }} run
 */
export async function runProgram({ program, protocol, options = {}, dist, nodeFlags = [] }) {
  const server = protocol ? await startServer(protocol) : undefined;
  const child = fork(join(ROOT, 'lib/program.mjs'), [program, JSON.stringify({ ...options, url: server?.url })], {
    stdio: 'inherit',
    execArgv: nodeFlags,
    env: { ...ENVIRONMENT, ...(dist && { HPX_DIST: dist }) },
  });
  const exit = once(child, 'exit');
  child.on('message', (message) => message.command && server?.send(message));
  server?.onReply((message) => child.connected && child.send(message));
  try {
    const measured = await Promise.race([result(child), failure(child, program)]);
    // The process may still write a profile.
    await exit;
    return measured;
  } finally {
    child.kill();
    await server?.stop();
  }
}

function result(child) {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message.result) resolve(message.result);
      else if (message.error) reject(new Error(message.error));
    });
  });
}

async function failure(child, name) {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${name} ended with ${code ?? signal}`);
}
