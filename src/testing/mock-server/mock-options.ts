import { ConfigError } from '../../errors.js';
import * as texts from '../../texts.js';
import type { MockAuthentication } from './mock-authentication.js';
import type { MockConnection } from './mock-connection.js';

/** Milliseconds before an answer is sent: one number for all answers, or a function of the message. */
export type MockDelay = number | ((text: string, connection: MockConnection) => number);

/** Options of `MockWebSocketServer.start()`; all are optional. */
export interface MockServerOptions {
  /**
   * The port to listen on. 0 takes a free port.
   * @default 0, so that tests can run side by side
   */
  readonly port?: number;
  /**
   * Whether the built-in exchange answers the texts that no listener and no rule took.
   * @default true
   */
  readonly exchange?: boolean;
  /**
   * Milliseconds before each answer, scripted or built-in. Unequal delays change the order of answers.
   * @default 0, without delay
   */
  readonly delay?: MockDelay;
  /**
   * Chooses the subprotocol from those that the client offers. The server does not check the choice, so that a test can
   * choose a wrong one; `undefined` is no subprotocol.
   * @default the first subprotocol that the client offers
   */
  readonly subprotocol?: (offered: readonly string[]) => string | undefined;
  /**
   * How clients authenticate.
   * @default undefined: every client may do everything
   */
  readonly authentication?: MockAuthentication;
  /**
   * Drops each connection after so many messages came in on it; see `dropAfter()`.
   * @default Infinity, never
   */
  readonly dropAfter?: number;
  /**
   * Whether to use compression (permessage-deflate) if the client offers it.
   * @default false, as in the ws package
   */
  readonly compression?: boolean;
  /**
   * The largest message that the server accepts, in bytes.
   * @default 100 MiB, as in the ws package
   */
  readonly maxMessageSize?: number;
}

/** The HTTP answer with which upgrade requests are refused. */
export interface MockRefusal {
  /**
   * The HTTP status, from 300 to 599.
   * @default 503
   */
  readonly status?: number;
  /**
   * HTTP headers, for example `{ 'Retry-After': 2 }`, in addition to `Connection` and `Content-Length`.
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string | number>>;
  /** @default '' */
  readonly body?: string;
  /**
   * The number of upgrade requests to refuse.
   * @default Infinity, until `acceptUpgrades()`
   */
  readonly times?: number;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof MockServerOptions>([
  'port',
  'exchange',
  'delay',
  'subprotocol',
  'authentication',
  'dropAfter',
  'compression',
  'maxMessageSize',
]);

/** @throws ConfigError for an unknown option or a wrong value */
export function checkOptions(options: MockServerOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) {
      const known = [...OPTIONS].join(', ');
      throw new ConfigError(name, options[name as keyof MockServerOptions], known, texts.unknownOption(name, known));
    }
  }
  const { port, delay, dropAfter, maxMessageSize, authentication } = options;
  if (port !== undefined) checkInteger('port', port, 0, 65_535);
  if (delay !== undefined) checkDelay(delay);
  if (dropAfter !== undefined) checkCount('dropAfter', dropAfter);
  if (maxMessageSize !== undefined) checkInteger('maxMessageSize', maxMessageSize, 1, 2 ** 31 - 1);
  if (authentication?.refusals !== undefined) checkCount('authentication.refusals', authentication.refusals);
}

/** @throws ConfigError for a number that is no delay */
export function checkDelay(delay: MockDelay): void {
  if (typeof delay === 'function') return;
  if (!(delay >= 0 && delay <= 2 ** 31 - 1))
    throw new ConfigError('delay', delay, 'a number of milliseconds, or a function');
}

/** @throws ConfigError for anything except an integer from 0, or Infinity */
export function checkCount(field: string, value: number): void {
  if (value !== Infinity) checkInteger(field, value, 0, Number.MAX_SAFE_INTEGER, ', or Infinity');
}

/** @throws ConfigError for anything except an integer from `min` to `max` */
export function checkInteger(field: string, value: number, min: number, max: number, more = ''): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new ConfigError(field, value, `an integer from ${min} to ${max}${more}`);
  }
}
