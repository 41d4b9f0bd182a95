import type { Context } from '../context.js';
import { ConnectionClosedError } from '../errors.js';
import type { Outbox } from '../outbound/outbox.js';
import { listFrames } from '../protocol/frames.js';
import type { Frames, LoginSession } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import * as texts from '../texts.js';
import { Deferred } from '../util/deferred.js';

type Match = (message: Message) => boolean;

interface Receiver {
  readonly match: Match;
  readonly received: Deferred<Message>;
}

/** What happens to a frame that comes in during a login. */
export type Offer =
  /** The login got it. */
  | 'taken'
  /** It waits until the login asks for it, or has ended. */
  | 'kept'
  /** It is no concern of the login. */
  | 'passed'
  /** It was kept, and is one more than may be kept. */
  | 'overflowed';

/** How many frames may wait for a login that has not asked for them. */
export const MOST_KEPT = 1_024;

/**
 * The frames of one `login()` of a handler. For a new connection it begins when the socket opens, and keeps all frames
 * until the login has ended. Inside a live session it takes what it waits for, and passes everything else on.
 */
export class LoginDialogue {
  /** What the handler gets: functions of their own, so that it may take the object apart. */
  readonly session: LoginSession;
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #keeps: boolean;
  readonly #heed: (message: Message) => void;
  readonly #abortion = new AbortController();
  #kept: Message[] = [];
  #receivers: Receiver[] = [];
  #isOver = false;

  /**
   * @param keeps - whether frames wait for the login
   * @param heed - looks for a signal in a frame that the login takes
   */
  constructor(context: Context, outbox: Outbox, keeps: boolean, heed: (message: Message) => void) {
    this.#context = context;
    this.#outbox = outbox;
    this.#keeps = keeps;
    this.#heed = heed;
    this.session = {
      send: (frames) => this.#send(frames),
      receive: (match = () => true) => this.#receive(match),
      signal: this.#abortion.signal,
    };
  }

  offer(message: Message): Offer {
    const receiver = this.#receivers.find((candidate) => this.#matches(candidate, message));
    if (receiver) {
      this.#drop(receiver);
      this.#heed(message);
      this.#context.gate.hold();
      receiver.received.resolve(message);
      return 'taken';
    }
    if (!this.#keeps) return 'passed';
    return this.#kept.push(message) > MOST_KEPT ? 'overflowed' : 'kept';
  }

  /** The login has ended. Returns the frames that it did not take. */
  end(isDone: boolean): readonly Message[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    const error = new ConnectionClosedError(texts.LOGIN_OVER);
    for (const { received } of this.#receivers) received.reject(error);
    this.#receivers = [];
    if (!isDone) this.#abortion.abort(error);
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  #send(frames: Frames): void {
    if (this.#isOver) throw new ConnectionClosedError(texts.LOGIN_OVER, { delivery: 'unsent' });
    const list = listFrames(frames);
    this.#context.trace.replied(list);
    this.#outbox.urgent(list, this);
  }

  #receive(match: Match): Promise<Message> {
    const received = new Deferred<Message>();
    if (this.#isOver) {
      received.reject(new ConnectionClosedError(texts.LOGIN_OVER));
      return received.promise;
    }
    const receiver = { match, received };
    this.#receivers.push(receiver);
    for (const [index, message] of this.#kept.entries()) {
      if (!this.#matches(receiver, message)) continue;
      this.#drop(receiver);
      this.#kept.splice(index, 1);
      this.#heed(message);
      received.resolve(message);
      break;
    }
    return received.promise;
  }

  /** A match that throws rejects its own call, which the handler may catch. */
  #matches(receiver: Receiver, message: Message): boolean {
    if (!this.#receivers.includes(receiver)) return false;
    try {
      return receiver.match(message);
    } catch (cause) {
      this.#drop(receiver);
      receiver.received.reject(cause);
      return false;
    }
  }

  #drop(receiver: Receiver): void {
    this.#receivers = this.#receivers.filter((other) => other !== receiver);
  }
}
