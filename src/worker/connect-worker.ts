import { browserFrames } from '../adapters/browser-frames.js';
import { systemClock } from '../adapters/clock.js';
import type { ProtocolHandler } from '../protocol/protocol-handler.js';
import type { Runtime } from '../runtime.js';
import { checkRuntime } from '../util/check-runtime.js';
import { ANYTHING, checkAll, type OptionRules, TIMEOUT } from '../util/options.js';
import { PageEnd } from './page-end.js';
import { checkPort, type WorkerPort } from './port.js';
import * as texts from './texts.js';
import { WorkerClient } from './worker-client.js';

export interface WorkerOptions {
  /**
   * Which client of the worker, where it serves several: the `name` of `serveClient()`.
   * @default ''
   */
  readonly name?: string;
  /**
   * Milliseconds until the worker must have called `serveClient()`. Loading its script counts.
   * @default 30_000: a script may be large, and a network slow
   */
  readonly startTimeout?: number;
  /**
   * Milliseconds without a sign of life of the worker, while something is expected of it, after which it counts as lost. It
   * is pinged three times meanwhile. `terminate()` of a worker tells nothing, so this is how it is noticed.
   * @default 15_000: longer than any computation that a worker should make in one go
   */
  readonly workerTimeout?: number;
  /** Replaces the clock, the frames of the screen, or random numbers. @default those of the platform */
  readonly runtime?: Partial<Pick<Runtime, 'clock' | 'frames' | 'random'>>;
}

type AnyHandler = ProtocolHandler<object, object>;
type UntypedHandler = ProtocolHandler<Record<string, unknown>, Record<string, unknown>>;
type TopicsOf<H> = H extends ProtocolHandler<infer Topics, object> ? Topics : never;
type MethodsOf<H> = H extends ProtocolHandler<object, infer Methods> ? Methods : never;

/**
 * Connects a page to the client that its worker serves with `serveClient()`. The page then has the methods, events and
 * channels of `WebSocketClient`; the connection, the parsing and the conflation are the worker's.
 *
 * @param worker - the `Worker`, or a `MessagePort` to it; in Node one of `node:worker_threads`
 * @throws ConfigError for a wrong argument
 *
 * @example
 * ```ts
 * const { port1: self, port2: worker } = new MessageChannel(); // in a page: new Worker(...)
 * serveClient(self, new WebSocketClient({ url: 'wss://stream.example.com' }, new GenericJsonHandler()));
 *
 * const client = connectWorker(worker);
 * await client.connect();
 * const trades = await client.subscribe('trades.BTC', { overflow: 'latest' });
 * trades.on('message', (trade) => show(trade));
 * await client.close();
 * worker.close();
 * ```
 */
export function connectWorker<Handler extends AnyHandler = UntypedHandler>(
  worker: WorkerPort,
  options?: WorkerOptions,
): WorkerClient<TopicsOf<Handler>, MethodsOf<Handler>>;
export function connectWorker<
  Topics extends object = Record<string, unknown>,
  Methods extends object = Record<string, unknown>,
>(worker: WorkerPort, options?: WorkerOptions): WorkerClient<Topics, Methods>;
export function connectWorker(worker: WorkerPort, options: WorkerOptions = {}): unknown {
  checkPort('worker', worker);
  checkAll(options, workerRules());
  const { name = '', startTimeout = 30_000, workerTimeout = 15_000, runtime = {} } = options;
  checkRuntime(runtime);
  const { clock = systemClock, frames = runtime.clock ?? browserFrames, random = Math.random } = runtime;
  const session = 1 + Math.floor(random() * Number.MAX_SAFE_INTEGER);
  const own = { name, startTimeout, workerTimeout, session, clock, frames };
  return new WorkerClient((client) => new PageEnd(client, worker, own));
}

function workerRules(): OptionRules<WorkerOptions> {
  return {
    name: [(name: unknown) => typeof name === 'string', texts.A_NAME],
    startTimeout: TIMEOUT,
    workerTimeout: TIMEOUT,
    runtime: ANYTHING,
  };
}
