import { ConfigError } from '../../errors.js';
import { type MockMatch, type MockResponder, matches, resolveAnswer } from './mock-answer.js';
import { type MockAuthentication, MockAuthenticator } from './mock-authentication.js';
import type { MockConnection } from './mock-connection.js';
import { ExchangeDialect } from './mock-dialect.js';
import { encodeFrame, type MockFrame } from './mock-frame.js';
import { checkCount, checkDelay, type MockDelay } from './mock-options.js';
import { MockRecord } from './mock-record.js';

/** How a scripted answer is given. */
export interface MockRuleOptions {
  /** Answers the first match only. Default false. */
  readonly once?: boolean;
  /** Milliseconds before this answer. Default: the server's own delay. */
  readonly delay?: MockDelay;
}

/** Sees a text that came in; returns true where nothing else is to answer it. */
export type MockTextListener = (connection: MockConnection, text: string) => unknown;

/** Sees a binary message that came in. */
export type MockBinaryListener = (connection: MockConnection, data: Uint8Array) => unknown;

interface Rule extends MockRuleOptions {
  readonly match: MockMatch;
  readonly responder: MockResponder;
}

/**
 * What a mock server answers. A text goes to the listeners, then to the rules, newest first, then to authentication,
 * then to the built-in exchange; the first that takes it answers it.
 */
export abstract class MockScript extends MockRecord {
  /** @internal */
  protected readonly authenticator: MockAuthenticator | undefined;
  readonly #dialect = new ExchangeDialect();
  readonly #exchange: boolean;
  readonly #connectionListeners = new Set<(connection: MockConnection) => unknown>();
  readonly #textListeners = new Set<MockTextListener>();
  readonly #binaryListeners = new Set<MockBinaryListener>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #rules: readonly Rule[] = [];
  #delay: MockDelay;

  protected constructor(exchange: boolean, delay: MockDelay, authentication: MockAuthentication | undefined) {
    super();
    this.#exchange = exchange;
    this.#delay = delay;
    this.authenticator = authentication && new MockAuthenticator(authentication);
  }

  /** Authentication frames that came in. */
  get authAttempts(): number {
    return this.authenticator?.attempts ?? 0;
  }

  /** The delay before each answer that has none of its own, in milliseconds. */
  get delay(): MockDelay {
    return this.#delay;
  }

  /** @throws ConfigError for a number that is no delay */
  set delay(delay: MockDelay) {
    checkDelay(delay);
    this.#delay = delay;
  }

  /** Calls back for each connection that is accepted, for example to greet it. Returns the way to stop it. */
  onConnection(listener: (connection: MockConnection) => unknown): () => void {
    return addTo(this.#connectionListeners, listener);
  }

  /**
   * Calls back for each text that comes in. A listener that returns true has taken it: no rule and no built-in answer
   * follows. Returns the way to stop it.
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

  /** Calls back for each binary message; nothing else answers those. Returns the way to stop it. */
  onBinary(listener: MockBinaryListener): () => void {
    return addTo(this.#binaryListeners, listener);
  }

  /**
   * Answers texts that match, instead of the built-in exchange. The newest rule that matches wins; an empty list is an
   * answer of nothing. Returns the way to take the rule back.
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
   * Refuses the next authentication frames, whatever they hold. Default: all.
   *
   * @throws ConfigError for anything but a count, and where the server was started without authentication
   */
  refuseAuthentication(times = Infinity): void {
    checkCount('times', times);
    if (!this.authenticator) throw new ConfigError('authentication', undefined, 'an object, given to start()');
    this.authenticator.refusals = times;
  }

  /** Refuses subscriptions to this topic, and with it the whole frame that asks for it. */
  refuseTopic(topic: string, error = `unknown topic ${topic}`): void {
    this.#dialect.refuseTopic(topic, error);
  }

  /** Takes `refuseTopic` back. */
  acceptTopic(topic: string): void {
    this.#dialect.acceptTopic(topic);
  }

  /** Sends `{"topic":…,"data":…}` to every connection that is subscribed; returns to how many. */
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
    // What somebody waits for may be what came of the message: a subscription, an authentication.
    this.waits.check();
  }

  /** @internal */
  protected takeBinary(connection: MockConnection, data: Uint8Array): void {
    for (const listener of [...this.#binaryListeners]) listener(connection, data);
    this.waits.check();
  }

  #react(connection: MockConnection, text: string): void {
    // All see it, also behind one that takes it.
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

  /** @internal Forgets the answers that still wait. */
  protected stopAnswering(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #builtIn(connection: MockConnection, text: string): readonly MockFrame[] {
    const verdict = this.authenticator?.answer(text, connection);
    if (verdict !== undefined) return verdict;
    const answer = this.#exchange ? this.#dialect.answer(text, connection) : undefined;
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
