import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * One of the peers installs optional native parts of ws. They are off for all contestants, as if each was installed alone.
 */
const ENVIRONMENT = { ...process.env, WS_NO_BUFFER_UTIL: '1', WS_NO_UTF_8_VALIDATE: '1' };
const ROOT = join(import.meta.dirname, '..');
/** Milliseconds. A round takes a second: a process that is silent for longer hangs. */
const LONGEST_ROUND = 120_000;
const LONGEST_EXIT = 5_000;

/** A server process; resolves when it listens. With `secure` it also listens with TLS. */
export async function startServer(protocol, secure = false) {
  const args = secure ? [protocol, 'secure'] : [protocol];
  const child = fork(join(ROOT, 'servers/server.mjs'), args, { stdio: 'inherit', env: ENVIRONMENT });
  const [{ port, securePort }] = await Promise.race([once(child, 'message'), failure(child, `the ${protocol} server`)]);
  return {
    /** The URL of each link that this server offers. */
    links: {
      plain: `ws://127.0.0.1:${port}`,
      deflate: `ws://127.0.0.1:${port}/deflate`,
      tls: `wss://127.0.0.1:${securePort}`,
    },
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
 * @param {import('./types.d.ts').Run} run
 */
export async function runProgram(run) {
  const { child, stop } = await startProgram(run);
  try {
    const { result } = await answer(child, run.program);
    // The process may still write a profile.
    await exitOf(child);
    return result;
  } finally {
    await stop();
  }
}

/**
 * A contestant whose processes stay alive, so that rounds of all contestants can alternate. Resolves when it is ready.
 * @param {import('./types.d.ts').Run} run
 */
export async function startSession(run) {
  const { child, stop } = await startProgram(run);
  try {
    await answer(child, run.program, LONGEST_ROUND);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    /** Measures one round. */
    round: async () => {
      child.send({ ask: 'round' });
      const { result } = await answer(child, run.program, LONGEST_ROUND);
      return result;
    },
    stop: async () => {
      // A process that has failed is gone already.
      if (child.connected) child.send({ ask: 'stop' }, () => {});
      // The process may still write a profile.
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_EXIT);
      await exitOf(child);
      clearTimeout(timer);
      await stop();
    },
  };
}

async function startProgram({ program, protocol, secure, options = {}, dist, nodeFlags = [] }) {
  const server = protocol ? await startServer(protocol, secure) : undefined;
  const links = server?.links;
  const child = fork(
    join(ROOT, 'lib/program.mjs'),
    [program, JSON.stringify({ ...options, url: links?.plain, links })],
    {
      stdio: 'inherit',
      execArgv: [...nodeFlags],
      env: { ...ENVIRONMENT, ...(dist && { HPX_DIST: dist }) },
    },
  );
  child.on('message', (message) => message.command && server?.send(message));
  server?.onReply((message) => child.connected && child.send(message));
  const stop = async () => {
    child.kill();
    await server?.stop();
  };
  return { child, stop };
}

/** The next answer of a program: a result, or that it is ready. Rejects after `limit` milliseconds. */
function answer(child, name, limit) {
  return new Promise((resolve, reject) => {
    const hangs = () => reject(new Error(`${name} does not answer`));
    const timer = limit === undefined ? undefined : setTimeout(settle, limit, hangs);
    const onExit = (code, signal) => settle(() => reject(new Error(`${name} ended with ${code ?? signal}`)));
    const onMessage = (message) => {
      if (message.error) settle(() => reject(new Error(message.error)));
      else if (message.result || message.ready) settle(() => resolve(message));
    };
    child.on('exit', onExit);
    child.on('message', onMessage);

    function settle(then) {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.off('message', onMessage);
      then();
    }
  });
}

async function exitOf(child) {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function failure(child, name) {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${name} ended with ${code ?? signal}`);
}
