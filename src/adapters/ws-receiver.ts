import { createRequire } from 'node:module';
import { canReadInBulk, type Write } from './bulk-reader.js';
import * as texts from './texts.js';

/** The part of a ws WebSocket that reads frames: a Writable, not documented. */
export interface WsReceiver {
  _write: Write;
  readonly _allowSynchronousEvents: boolean;
  /** 0 between two frames. */
  readonly _state: number;
  readonly _bufferedBytes: number;
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  listenerCount(event: string): number;
}

/** What is asked of an open WebSocket. */
interface OpenWebSocket {
  readonly extensions: string;
  listenerCount(event: string): number;
}

type ReceiverClass = new (options: object) => WsReceiver;

/** Versions of ws that this package was tried with, each with `npm run check:frames`. */
const KNOWN = /^8\.(?:17|18|19|20|21|22|23)\.\d+$/;

/** What is wrong with each class, if anything: an application may hold several copies of ws. */
const judged = new WeakMap<ReceiverClass, string | undefined>();

/**
 * The receiver of an open WebSocket whose frames can be read in bulk; otherwise a text that says why ws has to read them.
 * To be asked before the first byte is read.
 */
export function receiverOf(ws: OpenWebSocket): WsReceiver | string {
  const receiver = (ws as { _receiver?: WsReceiver | null } & OpenWebSocket)._receiver;
  if (!canReadInBulk || typeof receiver?._write !== 'function') return texts.OTHER_WS;
  if (ws.extensions !== '') return texts.EXTENSION;
  if (receiver._allowSynchronousEvents !== true) return texts.DEFERRED_EVENTS;
  if (receiver.listenerCount('message') !== 1 || ws.listenerCount('message') !== 1) return texts.OTHER_LISTENERS;
  if (Object.hasOwn(receiver, '_write') || receiver._state !== 0 || receiver._bufferedBytes !== 0) return texts.ODD_WS;
  const Receiver = receiver.constructor as ReceiverClass;
  if (!judged.has(Receiver)) judged.set(Receiver, faultOf(Receiver));
  return judged.get(Receiver) ?? receiver;
}

function faultOf(Receiver: ReceiverClass): string | undefined {
  const version = versionOf(Receiver);
  if (version !== undefined && !KNOWN.test(version)) return texts.unknownWs(version);
  return isAsExpected(Receiver) ? undefined : texts.ODD_WS;
}

/** The version of the package that a class comes from. In a bundle it cannot be told. */
function versionOf(Receiver: ReceiverClass): string | undefined {
  try {
    const { cache } = createRequire('/');
    const path = Object.keys(cache).find((key) => cache[key]?.exports === Receiver);
    if (path === undefined) return undefined;
    const { version } = createRequire(path)('../package.json') as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes for a client, each line with what a receiver is expected to do. */
const TRIALS: readonly (readonly [bytes: readonly number[], happens: string])[] = [
  [[0x81, 1, 0x61, 0x81, 1, 0x62], 'message a false, message b false, done'],
  [[0x81], 'done'],
  [[2, 0x61], 'done'],
  [[0x62, 0x89, 1, 0x63, 0x82, 1, 0x64], 'message ab false, ping c, message d true, done'],
  [[0x01, 1, 0x61, 0x8a, 0], 'pong , done'],
  [[0x80, 1, 0x62], 'message ab false, done'],
  [[0x81, 5], 'error'],
];

/** Whether a receiver reports everything inside `_write`, as the bulk reader needs it. Tried once for each class. */
function isAsExpected(Receiver: ReceiverClass): boolean {
  try {
    const receiver = new Receiver({ maxPayload: 4 });
    let seen: string[] = [];
    for (const event of ['message', 'ping', 'pong']) {
      receiver.on(event, (...values) => seen.push([event, ...values].join(' ')));
    }
    return TRIALS.every(([bytes, happens]) => {
      seen = [];
      receiver._write(Buffer.from(bytes), 'buffer' as BufferEncoding, (error) => seen.push(error ? 'error' : 'done'));
      return seen.join(', ') === happens;
    });
  } catch {
    return false;
  }
}
