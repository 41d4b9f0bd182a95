import type { CloseOptions } from '../connection/closing.js';
import { type AnyTransportError, ConnectionClosedError, ConnectionFailedError, ProtocolError } from '../errors.js';
import type { Clock } from '../runtime.js';
import { isObject } from '../util/options.js';
import { Timer } from '../util/timer.js';
import { listenTo, type WorkerPort } from './port.js';
import * as texts from './texts.js';
import { type Envelope, PROTOCOL_VERSION, type ToPage, type ToWorker, type WelcomeFacts } from './wire.js';

/** Pings without a sign of life, in a row, that end the link. */
const PINGS = 3;
const SIGNS: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['here', 'welcome', 'refused', 'news', 'pong']);

/** What a link tells. */
export interface LinkOwner {
  /** Whether something is expected of the worker. */
  readonly isWaiting: boolean;
  onWelcome(facts: WelcomeFacts): void;
  onNews(message: Extract<ToPage, readonly ['news', ...unknown[]]>): void;
  /** Code in the worker failed; the worker goes on, or its end follows. */
  report(error: ProtocolError): void;
  /** The calls that were to be posted are on their way. */
  onPosted(calls: readonly number[]): void;
  /** @param asked - the options of the `close()` that ended it */
  onOver(error: AnyTransportError, asked?: CloseOptions): void;
}

export interface LinkOptions {
  readonly name: string;
  readonly session: number;
  readonly startTimeout: number;
  readonly workerTimeout: number;
}

/** The page waits for the worker's first word, talks to it, or is done with it. */
type Phase = 'starting' | 'open' | 'over';

/** The page's end of the way to the worker: says hello, keeps what is said before the answer, and sees the worker end. */
export class WorkerLink {
  readonly #port: WorkerPort;
  readonly #options: LinkOptions;
  readonly #owner: LinkOwner;
  readonly #timer: Timer;
  readonly #stop: () => void;
  #phase: Phase = 'starting';
  /** What is said before the worker answers. */
  #early: ToWorker[] = [];
  /** Pings since the last sign of life. */
  #pings = 0;

  constructor(port: WorkerPort, clock: Clock, options: LinkOptions, owner: LinkOwner) {
    this.#port = port;
    this.#options = options;
    this.#owner = owner;
    this.#timer = new Timer(clock);
    this.#stop = listenTo(port, {
      onMessage: (message) => this.#take(message),
      onUnreadable: () => this.end(new ProtocolError(texts.unreadable)),
      onFailure: (words) => this.#failed(words),
      onEnd: (words) => this.end(new ConnectionClosedError(texts.ended(words), { retryable: false })),
    });
    this.#post(['hello', PROTOCOL_VERSION]);
    const { startTimeout } = options;
    if (startTimeout !== Infinity)
      this.#timer.start(startTimeout, () => this.#startFailed(texts.notStarted(startTimeout)));
  }

  get isStarting(): boolean {
    return this.#phase === 'starting';
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /**
   * Sends something, or keeps a copy of it until the worker is there. Returns whether it is on its way.
   * @throws DOMException for something that cannot be cloned
   */
  send(body: ToWorker): boolean {
    if (this.#phase === 'starting') {
      this.#early.push(copyOf(body));
      return false;
    }
    if (this.#phase === 'over') return false;
    this.#post(body);
    if (!this.#timer.active) this.#watch();
    return true;
  }

  /** Takes a call back that is not on its way yet. */
  withdraw(call: number): boolean {
    const kept = this.#early.filter(([kind, id]) => kind !== 'call' || id !== call);
    const isFound = kept.length < this.#early.length;
    this.#early = kept;
    return isFound;
  }

  /** Ends the link: the worker is told if it can still hear. */
  end(error: AnyTransportError, asked?: CloseOptions): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#timer.stop();
    this.#stop();
    this.#early = [];
    this.#post(['bye']);
    this.#owner.onOver(error, asked);
  }

  #take(message: unknown): void {
    if (!isObject(message) || message.hpxTransport !== this.#options.name) return;
    const { session, body } = message as unknown as Envelope<ToPage>;
    if (!Array.isArray(body) || !SIGNS.has(body[0])) return;
    if (body[0] === 'here') {
      if (this.#phase === 'starting') this.#post(['hello', PROTOCOL_VERSION]);
      return;
    }
    if (session !== this.#options.session) return;
    this.#pings = 0;
    const known = body as ToPage;
    if (known[0] === 'news') this.#owner.onNews(known);
    else if (known[0] === 'welcome') this.#welcomed(known[1]);
    else if (known[0] === 'refused') this.#refused(known[1], known[2]);
  }

  #welcomed(facts: WelcomeFacts): void {
    if (this.#phase !== 'starting') return;
    if (facts?.version !== PROTOCOL_VERSION) return this.#refused('version', facts?.version);
    this.#phase = 'open';
    this.#timer.stop();
    this.#owner.onWelcome(facts);
    const early = this.#early;
    this.#early = [];
    for (const body of early) this.#post(body);
    this.#owner.onPosted(early.flatMap((body) => (body[0] === 'call' ? [body[1]] : [])));
    this.#watch();
  }

  #refused(why: 'version' | 'in use', version: number): void {
    const text = why === 'version' ? texts.otherVersion(PROTOCOL_VERSION, version) : texts.IN_USE;
    this.end(new ProtocolError(text));
  }

  #failed(words: string): void {
    if (this.#phase === 'starting') return this.#startFailed(texts.failedToStart(words));
    this.#owner.report(new ProtocolError(texts.failed(words)));
  }

  #startFailed(text: string): void {
    this.end(new ConnectionFailedError(text, { retryable: false }));
  }

  /** Pings the worker while something is expected of it. */
  #watch(): void {
    const { workerTimeout } = this.#options;
    if (workerTimeout === Infinity || this.#phase !== 'open') return;
    const interval = workerTimeout / PINGS;
    this.#timer.start(interval, (lateness) => {
      if (!this.#owner.isWaiting) {
        this.#pings = 0;
        return;
      }
      // A page that was asleep itself has not listened either.
      if (lateness > interval) this.#pings = 0;
      if (this.#pings === PINGS) {
        return this.end(new ConnectionClosedError(texts.silent(workerTimeout), { retryable: false }));
      }
      this.#pings++;
      this.#post(['ping']);
      this.#watch();
    });
  }

  #post(body: ToWorker): void {
    const { name, session } = this.#options;
    this.#port.postMessage({ hpxTransport: name, session, body } satisfies Envelope<ToWorker>);
  }
}

/** jsdom has no `structuredClone`. */
function copyOf<T>(value: T): T {
  const { structuredClone: clone } = globalThis as { structuredClone?: typeof structuredClone };
  return clone ? clone(value) : value;
}
