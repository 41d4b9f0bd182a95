import { systemClock } from '../adapters/clock.js';
import type { WebSocketClient } from '../client.js';
import { ConfigError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import { checkRuntime } from '../util/check-runtime.js';
import { ANYTHING, checkAll, isObject, type OptionRules } from '../util/options.js';
import type { KeyFunctions } from './page-calls.js';
import { PageSession } from './page-session.js';
import { checkPort, listenTo, type WorkerPort } from './port.js';
import * as texts from './texts.js';
import { type Envelope, PROTOCOL_VERSION, type ToPage } from './wire.js';

export interface ServeOptions {
  /**
   * The functions that a page can name as `key` of a subscription with `overflow: 'latest'`: functions do not cross.
   * @default {}
   */
  readonly keys?: KeyFunctions;
  /**
   * Which client this is, where a worker serves several: the `name` of `connectWorker()`.
   * @default ''
   */
  readonly name?: string;
  /** Replaces the clock. @default that of the platform */
  readonly runtime?: Pick<Runtime, 'clock'>;
}

/**
 * Serves a client to the page that started this worker. The page reaches it with `connectWorker()`, and has its methods,
 * events and channels there. What the handler needs, its secrets included, stays in the worker. When the page closes its
 * end, the client closes.
 *
 * @param scope - `self` in a dedicated worker, `parentPort` in Node, or a `MessagePort`
 * @param client - a client of its own: it is not to be served twice
 * @throws ConfigError for a wrong argument
 *
 * @example
 * ```ts
 * // feed.worker.ts
 * const client = new WebSocketClient({ url: 'wss://stream.example.com' }, new GenericJsonHandler());
 * const { port1, port2 } = new MessageChannel(); // in a worker: self
 * serveClient(port1, client, { keys: { bySymbol: ({ data }) => (data as { symbol: string }).symbol } });
 * ```
 */
export function serveClient<Topics extends object, Methods extends object>(
  scope: WorkerPort,
  client: WebSocketClient<Topics, Methods>,
  options: ServeOptions = {},
): void {
  checkPort('scope', scope);
  if (typeof (client as Partial<WebSocketClient> | undefined)?.subscribeMany !== 'function') {
    throw new ConfigError('client', client, texts.NOT_A_CLIENT);
  }
  checkAll(options, serveRules());
  if (options.runtime !== undefined) checkRuntime(options.runtime);
  new ServedClient(scope, client as unknown as WebSocketClient, options).start();
}

function serveRules(): OptionRules<ServeOptions> {
  return {
    keys: [
      (keys: unknown) => isObject(keys) && Object.values(keys).every((key) => typeof key === 'function'),
      texts.KEY_FUNCTIONS,
    ],
    name: [(name: unknown) => typeof name === 'string', texts.A_NAME],
    runtime: ANYTHING,
  };
}

/** A client that waits for its page, and then belongs to it. */
class ServedClient {
  readonly #port: WorkerPort;
  readonly #client: WebSocketClient;
  readonly #name: string;
  readonly #keys: KeyFunctions;
  readonly #clock: Runtime['clock'];
  /** The session of the page, with its number. */
  #current: { readonly number: number; readonly session: PageSession } | undefined;

  constructor(port: WorkerPort, client: WebSocketClient, { keys = {}, name = '', runtime }: ServeOptions) {
    this.#port = port;
    this.#client = client;
    this.#name = name;
    this.#keys = keys;
    this.#clock = runtime?.clock ?? systemClock;
  }

  start(): void {
    const stop = listenTo(this.#port, {
      onMessage: (message) => this.#take(message),
      onUnreadable: () => {},
      onFailure: () => {},
      onEnd: () => {
        stop();
        if (this.#current) this.#current.session.end();
        else void this.#client.close();
      },
    });
    this.#post(0, ['here']);
  }

  #take(message: unknown): void {
    if (!isObject(message) || message.hpxTransport !== this.#name) return;
    const { session, body } = message as unknown as Envelope<unknown>;
    if (typeof session !== 'number' || !Array.isArray(body)) return;
    if (body[0] === 'hello') this.#greet(session, body[1]);
    else if (session !== this.#current?.number) return;
    else if (body[0] === 'bye') this.#part();
    else this.#current.session.take(body);
  }

  #greet(number: number, version: unknown): void {
    if (number === this.#current?.number) return;
    if (version !== PROTOCOL_VERSION) return this.#post(number, ['refused', 'version', PROTOCOL_VERSION]);
    if (this.#current) return this.#post(number, ['refused', 'in use', PROTOCOL_VERSION]);
    const post = (message: ToPage) => this.#post(number, message);
    this.#current = { number, session: new PageSession(this.#client, { keys: this.#keys, clock: this.#clock, post }) };
  }

  #part(): void {
    this.#current?.session.end();
    this.#current = undefined;
  }

  #post(session: number, body: ToPage): void {
    this.#port.postMessage({ hpxTransport: this.#name, session, body } satisfies Envelope<ToPage>);
  }
}
