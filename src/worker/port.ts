import { ConfigError } from '../errors.js';
import { isObject } from '../util/options.js';
import { describe } from '../util/wrap-error.js';
import * as texts from './texts.js';

/**
 * One end of the way between a page and a worker: a `Worker`, the scope of a worker (`self`), a `MessagePort`, and in Node
 * a `Worker`, `parentPort` or a `MessagePort` of `node:worker_threads`.
 */
export interface WorkerPort {
  postMessage(message: unknown): void;
}

/** What comes out of a port. */
export interface PortEvents {
  onMessage(message: unknown): void;
  /** A message came that cannot be read. */
  onUnreadable(): void;
  /** Code at the other end failed, or that end could not be started. */
  onFailure(words: string): void;
  /** The other end is gone. */
  onEnd(words: string): void;
}

type Listener = (event: never) => void;

/** A port of Node. */
interface NodePort {
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
}

/** A port of a browser. */
interface BrowserPort {
  addEventListener(event: string, listener: Listener): void;
  removeEventListener(event: string, listener: Listener): void;
  start?(): void;
}

/** @throws ConfigError for something that is no port */
export function checkPort(field: string, port: unknown): void {
  const isPort =
    isObject(port) &&
    typeof port.postMessage === 'function' &&
    (typeof port.on === 'function' || typeof port.addEventListener === 'function');
  // The scope of a worker may be no plain object to `isObject`, but it is an object everywhere.
  if (!isPort) throw new ConfigError(field, port, texts.NOT_A_PORT);
}

/** Listens to a port. Returns a function that stops it. */
export function listenTo(port: WorkerPort, events: PortEvents): () => void {
  const own = port as WorkerPort & Partial<NodePort & BrowserPort>;
  return typeof own.on === 'function' ? listenInNode(port as never, events) : listenInBrowser(port as never, events);
}

function listenInNode(port: NodePort, events: PortEvents): () => void {
  return attach(
    {
      message: (message: unknown) => events.onMessage(message),
      messageerror: () => events.onUnreadable(),
      error: (cause: unknown) => events.onFailure(describe(cause)),
      exit: (code: number) => events.onEnd(`exit code ${code}`),
      close: () => events.onEnd(''),
    },
    (event, listener) => port.on(event, listener),
    (event, listener) => port.off(event, listener),
  );
}

function listenInBrowser(port: BrowserPort, events: PortEvents): () => void {
  const stop = attach(
    {
      message: ({ data }: { data: unknown }) => events.onMessage(data),
      messageerror: () => events.onUnreadable(),
      error: (event: { message?: unknown }) => events.onFailure(String(event.message ?? '')),
      close: () => events.onEnd(''),
    },
    (event, listener) => port.addEventListener(event, listener),
    (event, listener) => port.removeEventListener(event, listener),
  );
  // A MessagePort keeps its messages until it is started.
  port.start?.();
  return stop;
}

function attach(
  listeners: Readonly<Record<string, Listener>>,
  on: (event: string, listener: Listener) => void,
  off: (event: string, listener: Listener) => void,
): () => void {
  const entries = Object.entries(listeners);
  for (const [event, listener] of entries) on(event, listener);
  return () => {
    for (const [event, listener] of entries) off(event, listener);
  };
}
