import type { Context } from '../context.js';
import { CapacityExceededError, type TransportError, tooLarge } from '../errors.js';
import { utf8Length } from '../protocol/frames.js';
import { Message } from '../protocol/message.js';
import * as texts from '../texts.js';
import { isThenable } from '../util/promises.js';
import { Queue } from '../util/queue.js';
import { Timer } from '../util/timer.js';
import { wrapError } from '../util/wrap-error.js';
import type { DeliveryGate } from './delivery-gate.js';

/** How many frames may wait for an asynchronous decode. */
const CAPACITY = 1_024;
/** Milliseconds that the end of a link waits for frames that came before the end and are still being decoded. */
const DECODE_GRACE = 1_000;

/** Where messages go. */
export interface MessageRouter {
  route(message: Message): void;
}

export interface InboxListener {
  /** A frame cannot be taken: the connection has to end. */
  onBroken(error: TransportError): void;
}

/**
 * The way in of one link: raw frames become messages, in wire order. A message waits until the code that the message
 * before it set off has run (R7). Otherwise it is handed out in the very call that brought its frame.
 */
export class Inbox {
  readonly #context: Context;
  readonly #gate: DeliveryGate;
  readonly #router: MessageRouter;
  readonly #listener: InboxListener;
  readonly #limit: number;
  readonly #decodes: boolean;
  readonly #splits: boolean;
  readonly #grace: Timer;
  /** Frames, parts of frames, and at the end what to do after the last frame. */
  readonly #queue = new Queue<string | Uint8Array | Message | (() => void)>();
  #draining = false;
  #decoding = false;
  #ended = false;

  constructor(context: Context, gate: DeliveryGate, router: MessageRouter, listener: InboxListener) {
    this.#context = context;
    this.#gate = gate;
    this.#router = router;
    this.#listener = listener;
    this.#limit = context.config.maxMessageSize;
    this.#decodes = context.overrides.decodeBinary;
    this.#splits = context.overrides.split;
    this.#grace = new Timer(context.runtime.clock);
    gate.attach(() => this.#drain());
  }

  receive(data: string | Uint8Array): void {
    if (this.#ended) return;
    if (this.#queue.size === 0 && !this.#isHeld) {
      this.#take(data);
    } else if (this.#decoding && this.#queue.size >= CAPACITY) {
      this.#break(new CapacityExceededError('inbound frames', CAPACITY, texts.TOO_MANY_TO_DECODE));
    } else {
      this.#queue.push(data);
    }
  }

  /** Hands nothing out until `resume()`. What the socket had read before it was paused waits here. */
  pause(): void {
    this.#gate.pause();
  }

  resume(): void {
    this.#gate.resume();
    this.#drain();
  }

  /** Calls back after the last frame was handed out, at once if no frame waits. */
  finish(callback: () => void): void {
    // Frames from before the end are handed out, even during a pause.
    this.resume();
    if (!this.#isHeld && this.#queue.size === 0) return callback();
    this.#queue.push(callback);
    if (this.#decoding) this.#grace.start(DECODE_GRACE, callback);
  }

  /** Drops what waits, and hands nothing out any more. */
  stop(): void {
    this.#ended = true;
    this.#queue.clear();
    this.#grace.stop();
  }

  /** Whether nothing may be handed out now. */
  get #isHeld(): boolean {
    return this.#gate.isClosed || this.#decoding;
  }

  #drain(): void {
    // A listener may call resume() inside a message; the other listeners of that message come first.
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (!this.#isHeld) {
        const next = this.#queue.shift();
        if (next === undefined) break;
        if (typeof next === 'function') next();
        else if (next instanceof Message) this.#router.route(next);
        else this.#take(next);
      }
    } finally {
      this.#draining = false;
    }
  }

  #take(data: string | Uint8Array): void {
    const { counters, trace } = this.#context;
    counters.received++;
    if (trace.isOn) trace.frame('in', data);
    if (isLarger(data, this.#limit)) return this.#break(tooLarge(this.#limit));
    if (typeof data === 'string' || !this.#decodes) this.#hand(new Message(data, undefined, counters));
    else this.#decode(data);
  }

  #decode(data: Uint8Array): void {
    try {
      const text = this.#context.handler.decodeBinary(data);
      if (!isThenable(text)) return this.#handDecoded(data, text);
      this.#decoding = true;
      text.then(
        (decoded) => this.#decoded(() => this.#handDecoded(data, decoded)),
        (cause) => this.#decoded(() => this.#undecodable(cause)),
      );
    } catch (cause) {
      this.#undecodable(cause);
    }
  }

  #decoded(next: () => void): void {
    if (this.#ended) return;
    this.#decoding = false;
    next();
    this.#drain();
  }

  /** A decoded frame obeys the same size limit as a text frame. */
  #handDecoded(data: Uint8Array, text: string): void {
    if (typeof text === 'string' && isLarger(text, this.#limit)) this.#break(tooLarge(this.#limit));
    else this.#hand(new Message(data, text, this.#context.counters));
  }

  #hand(message: Message): void {
    if (!this.#splits) return this.#router.route(message);
    const parts = this.#split(message);
    if (!parts?.length) return this.#router.route(message);
    // Parts may have to wait for each other like frames do, and they come before the frames behind them.
    this.#queue.unshift(parts);
    if (!this.#gate.isClosed) this.#drain();
  }

  #split(message: Message): readonly Message[] | null | undefined {
    try {
      const parts = this.#context.handler.split(message);
      if (!parts?.length || parts.every((part) => part instanceof Message)) return parts;
      throw new TypeError(texts.NOT_MESSAGES);
    } catch (cause) {
      this.#context.emit('error', wrapError(texts.hookFailed('split'), cause));
      return undefined;
    }
  }

  #undecodable(cause: unknown): void {
    this.#context.emit('error', wrapError(texts.UNDECODABLE, cause));
  }

  #break(error: TransportError): void {
    this.stop();
    this.#listener.onBroken(error);
  }
}

/** Counts UTF-8 bytes only if the length does not decide it. */
function isLarger(data: string | Uint8Array, limit: number): boolean {
  if (typeof data !== 'string') return data.byteLength > limit;
  if (data.length * 3 <= limit) return false;
  return data.length > limit || utf8Length(data) > limit;
}
