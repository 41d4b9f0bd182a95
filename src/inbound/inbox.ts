import type { Context } from '../context.js';
import { type AnyTransportError, CapacityExceededError, tooLarge } from '../errors.js';
import { isBytes } from '../protocol/frames.js';
import type { Parts } from '../protocol/handler-types.js';
import { adopt, Message, type MessageReader } from '../protocol/message.js';
import * as texts from '../texts.js';
import { SLICE } from '../util/pacer.js';
import { isThenable } from '../util/promises.js';
import { Queue } from '../util/queue.js';
import { Timer } from '../util/timer.js';
import { utf8Length } from '../util/utf8.js';
import { wrapError } from '../util/wrap-error.js';
import type { DeliveryGate } from './delivery-gate.js';

/** How many frames may wait for an asynchronous decode. */
const CAPACITY = 1_024;
/** Milliseconds that the end of a link waits for frames that came before the end and are still being decoded. */
const DECODE_GRACE = 1_000;

/** How many messages are handed out between two looks at the clock. */
const MESSAGES_PER_LOOK = 32;

/** Where messages go. */
export interface MessageRouter {
  route(message: Message): void;
}

export interface InboxListener {
  /** A frame cannot be taken: the connection has to end. */
  onBroken(error: AnyTransportError): void;
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
  readonly #reader: MessageReader;
  readonly #grace: Timer;
  /** Active between two slices of a long queue, so that one frame with very many parts does not block other work. */
  readonly #pause: Timer;
  /** Frames, parts of frames, and at the end what to do after the last frame. */
  readonly #queue = new Queue<string | Uint8Array | Message | (() => void)>();
  #draining = false;
  /** A frame waits for the promise of a handler: to be decoded, or to be split. */
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
    const { counters, handler, runtime } = context;
    this.#reader = { counters, parse: (text) => handler.parse(text) };
    this.#grace = new Timer(runtime.clock);
    this.#pause = new Timer(runtime.clock);
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

  /** Hands out messages that waited elsewhere, before everything that came later, and then calls back. */
  handBack(messages: readonly Message[], done: () => void): void {
    if (messages.length === 0) return done();
    this.#putFirst([...messages, done]);
  }

  #putFirst(items: readonly (Message | (() => void))[]): void {
    this.#queue.unshift(items);
    if (!this.#isHeld) this.#drain();
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
    this.#pause.stop();
  }

  /** Whether nothing may be handed out now. */
  get #isHeld(): boolean {
    return this.#gate.isClosed || this.#decoding || this.#pause.active;
  }

  #drain(): void {
    // A listener may call resume() inside a message; the other listeners of that message come first.
    if (this.#draining) return;
    this.#draining = true;
    const { clock } = this.#context.runtime;
    let startedAt: number | undefined;
    try {
      for (let count = 1; !this.#isHeld; count++) {
        const next = this.#queue.shift();
        if (next === undefined) break;
        if (typeof next === 'function') next();
        else if (typeof next === 'string' || isBytes(next)) this.#take(next);
        else this.#router.route(next);
        if (count % MESSAGES_PER_LOOK > 0 || this.#queue.size === 0) continue;
        startedAt ??= clock.now();
        if (clock.now() - startedAt > SLICE) this.#pause.start(0, () => this.#drain());
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
    if (typeof data === 'string' || !this.#decodes) this.#hand(new Message(data, undefined, this.#reader));
    else this.#decode(data);
  }

  #decode(data: Uint8Array): void {
    this.#ask(
      () => this.#context.handler.decodeBinary(data),
      (text) => this.#handDecoded(data, text),
      (cause) => this.#context.emit('error', wrapError(texts.UNDECODABLE, cause)),
    );
  }

  /** Asks the handler. If it returns a promise, what came later waits. */
  #ask<T>(hook: () => T | Promise<T>, take: (made: T) => void, failed: (cause: unknown) => void): void {
    let made: T | Promise<T>;
    try {
      made = hook();
    } catch (cause) {
      return failed(cause);
    }
    if (!isThenable(made)) return take(made);
    this.#decoding = true;
    made.then(
      (value) => this.#goOn(() => take(value)),
      (cause) => this.#goOn(() => failed(cause)),
    );
  }

  #goOn(next: () => void): void {
    if (this.#ended) return;
    this.#decoding = false;
    next();
    this.#drain();
  }

  /** A decoded frame obeys the same size limit as a text frame. */
  #handDecoded(data: Uint8Array, text: string): void {
    if (typeof text === 'string' && isLarger(text, this.#limit)) this.#break(tooLarge(this.#limit));
    else this.#hand(new Message(data, text, this.#reader));
  }

  #hand(message: Message): void {
    if (!this.#splits) return this.#router.route(message);
    this.#ask(
      () => this.#context.handler.split(message),
      (parts) => this.#handParts(message, parts),
      (cause) => this.#unsplittable(message, cause),
    );
  }

  /** No parts: the frame is one message. An empty list: the handler has taken the frame. */
  #handParts(message: Message, parts: Parts): void {
    if (parts === null || parts === undefined) return this.#router.route(message);
    if (!Array.isArray(parts) || !parts.every(isMessage)) {
      return this.#unsplittable(message, new TypeError(texts.NOT_MESSAGES));
    }
    for (const part of parts) adopt(part, this.#reader);
    // Parts may have to wait for each other like frames do, and they come before the frames behind them.
    this.#putFirst(parts);
  }

  #unsplittable(message: Message, cause: unknown): void {
    this.#context.emit('error', wrapError(texts.hookFailed('split'), cause));
    this.#router.route(message);
  }

  #break(error: AnyTransportError): void {
    this.stop();
    this.#listener.onBroken(error);
  }
}

/** No `instanceof`: a handler may come from another copy of this package. */
function isMessage(part: Message | null | undefined): boolean {
  return typeof part?.field === 'function';
}

/** Counts UTF-8 bytes only if the length does not decide it. */
function isLarger(data: string | Uint8Array, limit: number): boolean {
  if (typeof data !== 'string') return data.byteLength > limit;
  if (data.length * 3 <= limit) return false;
  return data.length > limit || utf8Length(data) > limit;
}
