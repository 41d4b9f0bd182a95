import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WebSocketClient } from 'hpx-transport-ws';
import {
  connectWorker,
  type ServeOptions,
  serveClient,
  type WorkerClient,
  type WorkerOptions,
  type WorkerPort,
} from 'hpx-transport-ws/worker';
import { atEnd, barrier, type ClientSetup, createClient, serve } from './live.js';

type Listener = (value: never) => void;

/** A port whose owner can be made busy: what comes in meanwhile waits, as before a page that computes. */
export class BusyPort implements WorkerPort {
  readonly #port: MessagePort;
  readonly #listeners = new Set<Listener>();
  #waiting: unknown[] = [];
  #isBusy = false;
  /** The bodies of all messages that came in. */
  readonly received: unknown[][] = [];

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: { body: unknown[] }) => {
      this.received.push(message.body);
      if (this.#isBusy) this.#waiting.push(message);
      else this.#emit(message);
    });
  }

  /** How many messages wait for the busy owner. */
  get backlog(): number {
    return this.#waiting.length;
  }

  /** The entries of a kind in all news that came in. */
  entries(kind: 'update' | string): unknown[][] {
    const all = this.received.flatMap(([name, entries]) => (name === 'news' ? (entries as unknown[][]) : []));
    return all.filter(([first]) => (kind === 'update' ? typeof first === 'number' : first === kind));
  }

  block(): void {
    this.#isBusy = true;
  }

  unblock(): void {
    this.#isBusy = false;
    for (const message of this.#waiting.splice(0)) this.#emit(message);
  }

  /** The number of the session, as the page says it. */
  session: unknown;

  postMessage(message: unknown): void {
    const said = message as { session?: unknown; body?: unknown[] } | undefined;
    if (Array.isArray(said?.body) && said.body[0] === 'hello') this.session ??= said.session;
    this.#port.postMessage(message);
  }

  close(): void {
    this.#port.close();
  }

  on(event: string, listener: Listener): void {
    if (event === 'message') this.#listeners.add(listener);
    else this.#port.on(event, listener as () => void);
  }

  off(event: string, listener: Listener): void {
    if (event === 'message') this.#listeners.delete(listener);
    else this.#port.off(event, listener as () => void);
  }

  #emit(message: unknown): void {
    for (const listener of this.#listeners) listener(message as never);
  }
}

export interface WorkerPair<T extends object = Record<string, unknown>> {
  /** The page's end. */
  readonly page: WorkerClient<T>;
  /** The client that is served. */
  readonly inner: WebSocketClient<T>;
  /** The port of the page. */
  readonly port: BusyPort;
  /** The port of the worker. */
  readonly scope: MessagePort;
}

export interface PairSetup<T extends object = Record<string, unknown>> extends ClientSetup<T> {
  readonly serving?: ServeOptions;
  readonly connecting?: WorkerOptions;
}

/** Both ends of a channel, which end with the test. */
export function ports(): { readonly port: BusyPort; readonly scope: MessagePort; readonly end: MessagePort } {
  const { port1, port2: scope } = new MessageChannel();
  atEnd(() => {
    port1.close();
    scope.close();
  });
  return { port: new BusyPort(port1), scope, end: port1 };
}

/** A page and a worker in one thread: what crosses is cloned as between two. Both end with the test. */
export function joinPair<T extends object = Record<string, unknown>>(
  server: { readonly url: string },
  { serving, connecting, ...setup }: PairSetup<T> = {},
): WorkerPair<T> {
  const { port, scope } = ports();
  const inner = createClient<T>(server, setup);
  serveClient(scope, inner, serving);
  const page = connectWorker<T, Record<string, unknown>>(port, connecting);
  return { page, inner, port, scope };
}

/** The same, connected, with its server. */
export async function startPair<T extends object = Record<string, unknown>>(setup: PairSetup<T> = {}) {
  const server = await serve();
  const pair = joinPair<T>(server, setup);
  await pair.page.connect();
  return { server, ...pair };
}

/** What was sent before has reached the server, and all that came before has reached the page. */
export async function settled({ page }: Pick<WorkerPair, 'page'>): Promise<void> {
  const call: Promise<unknown> = page.request({ op: 'barrier' });
  await call;
}

/** What the server sent before has reached the client in the worker, while the page may be busy. */
export async function arrived({ inner }: Pick<WorkerPair, 'inner'>): Promise<void> {
  await barrier(inner);
}
