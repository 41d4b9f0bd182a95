// What a child process does: node child-program.js <url> <scenario> [<state>]
import { type ConnectionState, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { LoginHandler } from './login-handler.js';

const [url = '', scenario = '', wanted = ''] = process.argv.slice(2);
const config: WebSocketConfigInput = {
  url,
  reconnectInitialDelay: 60_000,
  reconnectMaxDelay: 60_000,
  reconnectJitter: 0,
};

/** Everything that returns a promise, without anybody who looks at it. */
async function unawaited(): Promise<void> {
  void WebSocketClient.connect({ ...config, reconnectMaxAttempts: 0, url: 'ws://127.0.0.1:1' }, new LoginHandler());
  const client = await WebSocketClient.connect({ ...config, reconnectMaxAttempts: 0 }, new LoginHandler());
  const channel = await client.subscribe('trades');
  void channel[Symbol.asyncIterator]().next();
  void channel.updates().next();
  void client.request({ op: 'never' });
  void client.requestRaw('{"op":"never","req_id":"raw"}');
  void client.request({ op: 'never' }, { timeout: 1 });
  void client.request({ big: 1n } as never);
  void client.subscribe('never');
  void client.subscribe('');
  void client.subscribeMany(['never', '']);
  void client.unsubscribe('never');
  void client.send(1 as never);
  void client.sendJson(undefined);
  void client.authenticate();
  void client.connect({ signal: AbortSignal.abort() });
  void client.close({ code: 1 });
  if (scenario === 'dropped') await client.send('drop me');
  else void client.close();
  await client.closed;
  void client.connect();
  void client.request({ op: 'late' });
  void client.subscribe('late');
  void client.send('late');
  void client.authenticate();
}

class SlowHello extends LoginHandler {
  override onConnect(): undefined | Promise<undefined> {
    return wanted === 'connected' ? new Promise(() => {}) : undefined;
  }
}

/** Closes the client in one state and prints what is left. */
async function closing(state: ConnectionState): Promise<void> {
  const before = process.getActiveResourcesInfo();
  const client = new WebSocketClient(config, new SlowHello());
  if (state !== 'disconnected') {
    const reached = new Promise<void>((resolve) => {
      client.on('stateChange', (to) => {
        if (to === state) resolve();
      });
    });
    void client.connect();
    if (state === 'reconnecting') client.once('ready', () => void client.send('drop me'));
    await reached;
  }
  void client.request({ op: 'never' });
  void client.subscribe('never');
  if (client.state !== state) throw new Error(`It is ${client.state}.`);
  await client.close();
  // The event loop's own turns, in which handles that were closed are let go: a TCP connect is cancelled in the second.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  const left = process.getActiveResourcesInfo().filter((resource) => !before.includes(resource));
  process.stdout.write(JSON.stringify(left));
}

/** Sends a lot at once, and is gone as soon as the last promise is kept. */
async function lastWords(): Promise<never> {
  const client = await WebSocketClient.connect(config, new LoginHandler());
  for (let word = 1; word < 100; word++) void client.send(`word ${word}`);
  await client.send('word 100');
  process.exit(0);
}

if (scenario === 'last words') await lastWords();
else if (scenario === 'closing') await closing(wanted as ConnectionState);
else await unawaited();
