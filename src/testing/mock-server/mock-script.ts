import { ConfigError } from '../../errors.js';
import { type MockMatch, type MockResponder, matches, resolveAnswer } from './mock-answer.js';
import { type MockAuthentication, MockAuthenticator } from './mock-authentication.js';
import type { MockConnection } from './mock-connection.js';
import { MockExchange } from './mock-exchange.js';
import { encodeFrame, type MockFrame } from './mock-frame.js';
import { checkCount, checkDelay, type MockDelay } from './mock-options.js';
import { MockRecord } from './mock-record.js';

/** Options of one rule; see `respondTo()`. */
export interface MockRuleOptions {
  /**
   * Whether the rule answers only the first text that matches.
   * @default false
   */
  readonly once?: boolean;
  /**
   * Milliseconds before the answer of this rule.
   * @default the `delay` of the server
   */
  readonly delay?: MockDelay;
}

/** Receives each text. It returns true if no rule and no built-in answer shall follow. */
export type MockTextListener = (connection: MockConnection, text: string) => unknown;

/** Receives each binary message. */
export type MockBinaryListener = (connection: MockConnection, data: Uint8Array) => unknown;

interface Rule extends MockRuleOptions {
  readonly match: MockMatch;
  readonly responder: MockResponder;
}

/**
 * What a mock server answers. A text goes to the listeners, then to the rules (newest first), then to the
 * authentication, then to the built-in exchange. The first of them that takes the text answers it.
 */
export abstract class MockScript extends MockRecord {
  /** @internal */
  protected readonly authenticator: MockAuthenticator | undefined;
  readonly #exchange = new MockExchange();
  readonly #hasExchange: boolean;
  readonly #connectionListeners = new Set<(connection: MockConnection) => unknown>();
  readonly #textListeners = new Set<MockTextListener>();
  readonly #binaryListeners = new Set<MockBinaryListener>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #rules: readonly Rule[] = [];
  #delay: MockDelay;

  protected constructor(exchange: boolean, delay: MockDelay, authentication: MockAuthentication | undefined) {
    super();
    this.#hasExchange = exchange;
    this.#delay = delay;
    this.authenticator = authentication && new MockAuthenticator(authentication);
  }

  /** The number of authentication frames that came in. */
  get authAttempts(): number {
    return this.authenticator?.attempts ?? 0;
  }

  /** Milliseconds before each answer, except those of rules with a delay of their own. */
  get delay(): MockDelay {
    return this.#delay;
  }

  /** @throws ConfigError for a number that is no delay */
  set delay(delay: MockDelay) {
    checkDelay(delay);
    this.#delay = delay;
  }

  /** Calls back for each accepted connection, for example to greet it. Returns a function that removes the listener. */
  onConnection(listener: (connection: MockConnection) => unknown): () => void {
    return addTo(this.#connectionListeners, listener);
  }

  /**
   * Calls back for each text that comes in. A listener that returns true takes the text: no rule and no built-in answer
   * follows. Returns a function that removes the listener.
   *
   * @example
   * ```ts
   * server.onMessage((connection, text) => {
   *   if (!text.includes('withdraw')) return false;
   *   connection.terminate(); // and no answer
   *   return true;
   * });
   * ```
   */
  onMessage(listener: MockTextListener): () => void {
    return addTo(this.#textListeners, listener);
  }

  /** Calls back for each binary message. It gets no other answer. Returns a function that removes the listener. */
  onBinary(listener: MockBinaryListener): () => void {
    return addTo(this.#binaryListeners, listener);
  }

  /**
   * Adds a rule: the given answer to every text that matches, instead of the answer of the built-in exchange. If
   * several rules match, the newest answers. An empty list sends nothing. Returns a function that removes the rule.
   *
   * @throws ConfigError for a number that is no delay
   * @example
   * ```ts
   * server.respondTo('"op":"order"', (text) => ({ req_id: JSON.parse(text).req_id, success: false, error: 'closed' }));
   * server.respondTo('"op":"subscribe"', [], { once: true }); // the first one is never confirmed
   * ```
   */
  respondTo(match: MockMatch, answer: MockResponder, options: MockRuleOptions = {}): () => void {
    if (options.delay !== undefined) checkDelay(options.delay);
    const rule: Rule = { ...options, match, responder: answer };
    this.#rules = [rule, ...this.#rules];
    return () => this.#remove(rule);
  }

  /**
   * Refuses the next authentication frames, even if their credentials are right.
   *
   * @param times - the number of frames to refuse; Infinity by default
   * @throws ConfigError for a wrong number, or if the server was started without `authentication`
   */
  refuseAuthentication(times = Infinity): void {
    checkCount('times', times);
    if (!this.authenticator) throw new ConfigError('authentication', undefined, 'an object, given to start()');
    this.authenticator.refusals = times;
  }

  /** Refuses every subscribe frame that names this topic, as a whole. */
  refuseTopic(topic: string, error = `unknown topic ${topic}`): void {
    this.#exchange.refuseTopic(topic, error);
  }

  /** Ends `refuseTopic()` for this topic. */
  acceptTopic(topic: string): void {
    this.#exchange.acceptTopic(topic);
  }

  /** Sends `{"topic":…,"data":…}` to every connection that has subscribed the topic. Returns their number. */
  publish(topic: string, data: unknown): number {
    const subscribed = this.connections.filter(({ subscriptions }) => subscriptions.has(topic));
    const frame = JSON.stringify({ topic, data });
    for (const connection of subscribed) connection.send(frame);
    return subscribed.length;
  }

  /** Sends one frame to every open connection. */
  broadcast(frame: MockFrame): void {
    const encoded = encodeFrame(frame);
    for (const connection of this.connections) connection.send(encoded);
  }

  /** @internal */
  protected greet(connection: MockConnection): void {
    for (const listener of [...this.#connectionListeners]) listener(connection);
  }

  /** @internal */
  protected takeText(connection: MockConnection, text: string): void {
    this.#react(connection, text);
    // A wait may look at the result of the message: a subscription or an authentication.
    this.waits.check();
  }

  /** @internal */
  protected takeBinary(connection: MockConnection, data: Uint8Array): void {
    for (const listener of [...this.#binaryListeners]) listener(connection, data);
    this.waits.check();
  }

  #react(connection: MockConnection, text: string): void {
    // Every listener gets the text, also after another listener took it.
    let taken = false;
    for (const listener of [...this.#textListeners]) taken = listener(connection, text) === true || taken;
    if (taken) return;
    const rule = this.#rules.find(({ match }) => matches(match, text, connection));
    if (rule !== undefined) {
      if (rule.once) this.#remove(rule);
      const frames = resolveAnswer(rule.responder, text, connection);
      this.#answer(connection, text, frames, rule.delay ?? this.#delay);
    } else {
      this.#answer(connection, text, this.#builtIn(connection, text), this.#delay);
    }
  }

  /** @internal Drops the answers that are delayed. */
  protected stopAnswering(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #builtIn(connection: MockConnection, text: string): readonly MockFrame[] {
    const verdict = this.authenticator?.answer(text, connection);
    if (verdict !== undefined) return verdict;
    const answer = this.#hasExchange ? this.#exchange.answer(text, connection) : undefined;
    return answer === undefined ? [] : [answer];
  }

  #answer(connection: MockConnection, text: string, frames: readonly MockFrame[], delay: MockDelay): void {
    if (frames.length === 0) return;
    const wait = typeof delay === 'function' ? delay(text, connection) : delay;
    if (wait <= 0) {
      connection.send(...frames);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      connection.send(...frames);
    }, wait);
    this.#timers.add(timer);
  }

  #remove(rule: Rule): void {
    this.#rules = this.#rules.filter((other) => other !== rule);
  }
}

function addTo<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
