// The program of the child process: closes one client after another and prints what is left of each.
import { EventEmitter } from 'node:events';
import { type ConnectionState, WebSocketClient, type WebSocketConfigInput } from 'hpx-transport-ws';
import { LoginHandler } from '../support/login-handler.js';
import { type Occupation, occupy } from './occupy.js';

/** A client, where to, and the state in which it is closed. */
export interface LeakScenario {
  readonly name: string;
  readonly url: string;
  readonly state: ConnectionState;
  readonly config?: Partial<WebSocketConfigInput>;
  /** Before the state counts, the server is asked to drop the connection. */
  readonly drop?: boolean;
  readonly endlessGreeting?: boolean;
  /** Closes with this deadline. */
  readonly deadline?: number;
}

/** What is left of a client that was closed. */
export interface Leftover {
  readonly name: string;
  /** Of `process.getActiveResourcesInfo()`, beside what was there before. */
  readonly resources: readonly string[];
  /** Listeners on the process itself, beside what was there before. */
  readonly processListeners: number;
  readonly signalListeners: number;
  readonly openCalls: readonly string[];
}

class Greeter extends LoginHandler {
  readonly #isEndless: boolean;

  constructor(isEndless: boolean) {
    super();
    this.#isEndless = isEndless;
  }

  override onConnect(): undefined | Promise<undefined> {
    return this.#isEndless ? new Promise(() => {}) : undefined;
  }
}

/** A handle that was closed is let go of in the event loop's own turns; a TCP connect that is cancelled in the second. */
const TURNS = 10;

async function leftoverOf(scenario: LeakScenario): Promise<Leftover> {
  const { name, url, state, config = {}, drop = false, endlessGreeting = false, deadline = 1_000 } = scenario;
  const before = process.getActiveResourcesInfo();
  const listenersBefore = processListeners();
  const client = new WebSocketClient({ url, ...config }, new Greeter(endlessGreeting));
  const reached = new Promise<void>((resolve) => {
    client.on('stateChange', (to) => {
      if (to === state) resolve();
    });
  });
  if (drop) client.once('ready', () => void client.send('drop me'));
  let busy: Occupation;
  if (state === 'disconnected') {
    busy = occupy(client);
  } else {
    void client.connect();
    if (state === 'closing') client.once('ready', () => void client.close({ drain: true, deadline }));
    busy = occupy(client);
    await reached;
  }
  if (client.state !== state) throw new Error(`${name}: it is ${client.state}`);
  await client.close({ deadline });
  await client.closed;
  let resources: string[] = [];
  for (let turn = 0; turn === 0 || (turn < TURNS && resources.length > 0); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    resources = added(before);
  }
  const { signalListeners, open } = busy;
  return {
    name,
    resources,
    processListeners: processListeners() - listenersBefore,
    signalListeners,
    openCalls: [...open],
  };
}

/** What is active now and was not before, one by one. */
function added(before: readonly string[]): string[] {
  const rest = [...before];
  return process.getActiveResourcesInfo().filter((resource) => {
    const index = rest.indexOf(resource);
    if (index !== -1) rest.splice(index, 1);
    return index === -1;
  });
}

function processListeners(): number {
  const emitter: EventEmitter = process;
  return emitter.eventNames().reduce((sum, event) => sum + EventEmitter.listenerCount(emitter, event), 0);
}

const leftovers: Leftover[] = [];
for (const scenario of JSON.parse(process.argv[2] ?? '[]') as LeakScenario[])
  leftovers.push(await leftoverOf(scenario));
process.stdout.write(JSON.stringify(leftovers));
