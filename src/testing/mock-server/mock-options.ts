import { ConfigError } from '../../errors.js';
import type { MockAuthentication } from './mock-authentication.js';
import type { MockConnection } from './mock-connection.js';

/** Milliseconds before an answer leaves: the same for all, or asked for each message. */
export type MockDelay = number | ((text: string, connection: MockConnection) => number);

/** Everything is optional. */
export interface MockServerOptions {
  /** The port to listen on. Default 0: a free one, so that tests can run side by side. */
  readonly port?: number;
  /** Whether the built-in exchange answers what no script took. Default true. */
  readonly exchange?: boolean;
  /** Before each answer, scripted or built-in; unequal delays change the order of answers. Default 0: at once. */
  readonly delay?: MockDelay;
  /** Which subprotocol to name, right or wrong; `undefined` names none. Default: the first that the client offers. */
  readonly subprotocol?: (offered: readonly string[]) => string | undefined;
  /** Asks clients to authenticate. Default: none, every client may do everything. */
  readonly authentication?: MockAuthentication;
  /** Drops each connection when this many messages came in on it; see `dropAfter()`. Default Infinity. */
  readonly dropAfter?: number;
  /** Accepts compression (permessage-deflate) where the client offers it. Default false, as ws does. */
  readonly compression?: boolean;
  /** The largest message that the server takes, in bytes. Default 100 MiB, as ws does. */
  readonly maxMessageSize?: number;
}

/** A refusal of upgrade requests by an HTTP answer. */
export interface MockRefusal {
  /** Default 503. */
  readonly status?: number;
  /** For example `{ 'Retry-After': 2 }`. Default: none beside `Connection` and `Content-Length`. */
  readonly headers?: Readonly<Record<string, string | number>>;
  /** Default: empty. */
  readonly body?: string;
  /** How many upgrades to refuse. Default Infinity: until `acceptUpgrades()`. */
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

export function checkOptions(options: MockServerOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) {
      throw new ConfigError(
        name,
        options[name as keyof MockServerOptions],
        `none of that name, but ${[...OPTIONS].join(', ')}`,
      );
    }
  }
  const { port, delay, dropAfter, maxMessageSize, authentication } = options;
  if (port !== undefined) checkInteger('port', port, 0, 65_535);
  if (delay !== undefined) checkDelay(delay);
  if (dropAfter !== undefined) checkCount('dropAfter', dropAfter);
  if (maxMessageSize !== undefined) checkInteger('maxMessageSize', maxMessageSize, 1, 2 ** 31 - 1);
  if (authentication?.refusals !== undefined) checkCount('authentication.refusals', authentication.refusals);
}

export function checkDelay(delay: MockDelay): void {
  if (typeof delay === 'function') return;
  if (!(delay >= 0 && delay <= 2 ** 31 - 1))
    throw new ConfigError('delay', delay, 'a number of milliseconds, or a function');
}

/** A count: an integer from 0, or Infinity. */
export function checkCount(field: string, value: number): void {
  if (value !== Infinity) checkInteger(field, value, 0, Number.MAX_SAFE_INTEGER, ', or Infinity');
}

export function checkInteger(field: string, value: number, min: number, max: number, more = ''): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new ConfigError(field, value, `an integer from ${min} to ${max}${more}`);
  }
}
