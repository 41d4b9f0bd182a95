import type { ConnectionState } from '../connection-state.js';
import type { Context } from '../context.js';
import { type AnyTransportError, ConnectionClosedError, ConnectionFailedError } from '../errors.js';
import type { CloseCause } from '../events.js';
import type { Sends } from '../requests/sends.js';
import * as texts from '../texts.js';
import type { Pacer } from '../util/pacer.js';
import { handled } from '../util/promises.js';
import { wallTime } from '../util/wall-time.js';
import { Attempts } from './attempts.js';
import { type CloseOptions, Closing } from './closing.js';
import { Connection, type ConnectionListener, type ConnectionParts } from './connection.js';
import type { ConnectionEffects, ConnectionEvent, Happenings } from './connection-states.js';
import type { Greeting } from './greeting.js';
import { type ConnectionLoss, LossJudge } from './loss-judge.js';
import { Readiness, type ReadinessLimits } from './readiness.js';
import type { StateMachine } from './state-machine.js';

export interface SupervisorParts extends ConnectionParts {
  readonly machine: StateMachine;
  readonly greeting: Greeting;
  readonly sends: Sends;
  readonly pacer: Pacer;
}

/**
 * Keeps a client connected: makes connections one after the other, and carries out the effects of the table in
 * connection-states.ts. Everything that happens comes in as an event of that table, one event at a time.
 */
export class Supervisor implements ConnectionListener {
  readonly #context: Context;
  readonly #parts: SupervisorParts;
  readonly #machine: StateMachine;
  readonly #attempts: Attempts;
  readonly #judge: LossJudge;
  readonly #readiness: Readiness;
  readonly #closing: Closing;
  #connection: Connection | undefined;
  #epoch = 0;
  /** The round trip of the connections that have ended. */
  #lastRoundTrip: number | undefined;
  #isPaused = false;
  /** Why the last connection, or the last attempt, failed. */
  #lastLoss: AnyTransportError | undefined;
  /** Unix milliseconds since which the socket is open. */
  #connectedAt: number | undefined;
  /** What the connections that have ended counted. */
  #bytesReceived: number | undefined;
  #bytesSent: number | undefined;
  /** Whether the application knows that its links cannot be probed. */
  #isUnprobed = false;
  #stopListening: (() => void) | undefined;
  /** How many calls of `authenticate()` are under way on a connection that was ready. */
  #authenticating = 0;

  constructor(context: Context, parts: SupervisorParts) {
    this.#context = context;
    this.#parts = parts;
    this.#machine = parts.machine;
    this.#attempts = new Attempts(context, () =>
      this.#machine.inTurn(() => this.#machine.transit('retry', { reason: 'the delay is over' }, this.#effects)),
    );
    this.#judge = new LossJudge(context, this.#attempts.policy, parts.login);
    this.#closing = new Closing(context.runtime.clock);
    this.#readiness = new Readiness(context.gate, context.runtime.clock, {
      timedOut: (timeout) => {
        const why = texts.notReadyInTime(timeout, this.#attempts.count, this.#lastLoss?.message);
        return new ConnectionFailedError(why, { cause: this.#lastLoss });
      },
      deserted: () => {
        // No call waits for a connection that was never ready: there is no reason to keep trying.
        if (this.#epoch === 0) this.#wish('abandoned', { reason: texts.CONNECT_ABORTED });
      },
    });
  }

  get isClosing(): boolean {
    return this.#closing.options !== undefined;
  }

  get state(): ConnectionState {
    return this.#machine.state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Resolves when the client has ended, whatever ended it. */
  get closed(): Promise<CloseCause> {
    return this.#closing.closed;
  }

  get roundTrip(): number | undefined {
    return this.#connection?.heartbeat.roundTrip ?? this.#lastRoundTrip;
  }

  /** What the application may know of the connection, beside its state. */
  get facts() {
    const link = this.#connection?.link;
    return {
      attempt: this.#attempts.policy.attempt,
      nextAttemptAt: this.#attempts.nextAt,
      connectedAt: this.#connectedAt,
      roundTrip: this.roundTrip,
      bytesReceived: sum(this.#bytesReceived, link?.bytesReceived),
      bytesSent: sum(this.#bytesSent, link?.bytesSent),
    };
  }

  // ——— What the application asks ———

  connect(limits: ReadinessLimits): Promise<void> {
    const ready = this.#whenReady(limits);
    if (!limits.signal?.aborted) {
      // A time that the server named binds every way to connect.
      const delay = this.#attempts.policy.immediate();
      if (delay === 0) this.#wish('connect', { reason: 'connect() was called' });
      else this.#wish('postponed', { reason: 'connect() was called', delay });
    }
    return ready;
  }

  reconnect(reason: string, leaveTimeout?: number): void {
    if (this.state === 'reconnecting') return this.#attempts.startIn(this.#attempts.policy.immediate());
    // A failing socket reports its own error, which may be final or ask for a delay; do not replace it.
    if (!this.#connection?.link.isFailing) this.#connection?.leave(reason, { timeout: leaveTimeout });
  }

  /** Authenticates now, or with the connection that is being made. */
  authenticate(): Promise<void> {
    const { login } = this.#parts;
    if (this.state !== 'ready') {
      login.isWanted = true;
      return this.#whenReady();
    }
    this.#authenticating++;
    return handled(
      new Promise((resolve, reject) => {
        login.refresh((error) => {
          this.#authenticating--;
          this.#context.gate.hold();
          if (error) return reject(error);
          login.isWanted = true;
          resolve();
        });
      }),
    );
  }

  pause(): void {
    this.#isPaused = true;
    // Never before `ready`: the answers to a login have to be read.
    if (this.state === 'ready') this.#connection?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.state === 'ready') this.#connection?.resume();
  }

  async close(options: Required<CloseOptions>): Promise<void> {
    if (this.state !== 'closed' && this.#closing.ask(options)) {
      this.#connection?.link.cancelDial();
      this.#wish('close', { reason: options.reason || 'close() was called' });
    }
    await this.closed;
  }

  // ——— The connection reports ———

  onOpen(connection: Connection): void {
    this.#happen(connection, 'opened', { reason: 'the socket is open' });
  }

  onLoss(connection: Connection, loss: ConnectionLoss): void {
    this.#inTurn(connection, () => {
      // A connection that is closing, perhaps after outstanding answers, is not replaced any more.
      if (loss.isPlanned && this.#closing.options) return;
      const { event, ...judged } = this.#judge.judge(loss, this.state === 'closing');
      // A call that is made where the loss shows first waits for the next connection.
      this.#parts.outbox.detach();
      this.#machine.transit(event, { ...judged, reason: judged.error.message }, this.#effects);
    });
  }

  onServerDelay(delay: number): void {
    this.#judge.postpone(delay);
  }

  onUnprobed(): void {
    if (this.#isUnprobed || this.#context.config.idleTimeout > 0) return;
    this.#isUnprobed = true;
    this.#context.emit('warning', { code: 'link-unprobed', message: texts.LINK_UNPROBED });
  }

  onGone(connection: Connection): void {
    this.#attempts.gone(connection);
    if (connection === this.#connection) this.#release();
  }

  // ——— Events of the table ———

  /** A failing link gets no further: it reports its end a second later at most. */
  #happen<E extends ConnectionEvent>(connection: Connection, event: E, happening: Happenings[E]): void {
    this.#inTurn(connection, () => {
      if (!connection.link.isFailing) this.#machine.transit(event, happening, this.#effects);
    });
  }

  /** Acts in turn, unless the connection was replaced by then. */
  #inTurn(connection: Connection, act: () => void): void {
    this.#machine.inTurn(() => {
      if (connection === this.#connection && !connection.isRetired) act();
    });
  }

  /** Lets an event happen if the table allows it when its turn comes. */
  #wish<E extends 'connect' | 'postponed' | 'close' | 'abandoned' | 'released'>(
    event: E,
    happening: Happenings[E],
  ): void {
    this.#machine.inTurn(() => {
      if (this.#machine.allows(event)) this.#machine.transit(event, happening, this.#effects);
    });
  }

  // ——— Effects ———

  readonly #effects: ConnectionEffects = {
    postpone: ({ delay }) => {
      this.#listen();
      this.#attempts.startIn(delay);
      return undefined;
    },

    dial: () => {
      this.#listen();
      this.#attempts.started();
      this.#connection = new Connection(this.#context, this.#parts, this);
      this.#connection.link.dial(this.#attempts.policy.attempt);
      return () => void this.#context.emit('connecting');
    },

    greet: () => {
      const connection = this.#live;
      this.#connectedAt = wallTime(this.#context.runtime.clock);
      this.#parts.outbox.attach(connection);
      this.#parts.subscriptions.opened();
      this.#parts.login.opened(connection);
      this.#parts.greeting.start({
        onChallenge: (frames) =>
          this.#happen(connection, 'challenged', { reason: 'the handler authenticates', frames }),
        onEstablished: (reason, authenticated) => this.#happen(connection, 'established', { reason, authenticated }),
        onFailure: (error) => connection.endLogin(() => this.onLoss(connection, { error, closeCode: 1000 })),
      });
      return () => void this.#context.emit('connected');
    },

    authenticate: ({ frames }) => {
      this.#parts.greeting.authenticate(frames);
      return undefined;
    },

    becomeReady: ({ authenticated }) => {
      const connection = this.#live;
      const { greeting, outbox, subscriptions } = this.#parts;
      const epoch = ++this.#epoch;
      if (epoch > 1) this.#context.counters.reconnects++;
      this.#attempts.policy.ready();
      greeting.stop();
      connection.start();
      if (this.#isPaused) connection.pause();
      subscriptions.ready(epoch);
      outbox.ready(subscriptions.frames);
      this.#readiness.resolve();
      return () => {
        if (authenticated) this.#context.emit('authenticated');
        this.#context.emit('ready', epoch);
        if (epoch > 1) this.#context.emit('reconnected', epoch);
      };
    },

    scheduleRetry: (loss) => {
      const disconnected = this.#retire(loss);
      this.#lastLoss = loss.error;
      const { policy } = this.#attempts;
      const delay = loss.delay ?? policy.next(loss.isSlow);
      this.#attempts.startIn(delay);
      const { attempt } = policy;
      return () => {
        disconnected();
        this.#context.emit('reconnecting', { attempt, delay, cause: loss.error });
      };
    },

    rest: () => {
      const disconnected = this.#retire({
        closeCode: 1000,
        error: new ConnectionClosedError(texts.CONNECT_ABORTED),
      });
      this.#attempts.stop();
      this.#stopListening?.();
      this.#stopListening = undefined;
      return disconnected;
    },

    beginClose: () => {
      const { drain, greeting, outbox } = this.#parts;
      this.#attempts.stop();
      greeting.stop();
      this.#connection?.stop();
      const { deadline = 0, drain: isDrained = false } = this.#closing.options ?? {};
      this.#closing.start(deadline, () => {
        this.#shutdown();
        this.#connection?.link.forget();
      });
      if (isDrained && outbox.isReady) {
        outbox.stay();
        drain.whenEmpty(() => this.#shutdown());
      } else {
        this.#shutdown();
      }
      return undefined;
    },

    finish: ({ error, end, closeCode }) => {
      const asked = this.#closing.options;
      const cause: CloseCause = asked
        ? { code: asked.code, reason: asked.reason }
        : { code: end?.code ?? 1006, reason: error?.message ?? '', ...(error ? { error } : {}) };
      const wasAwaited = this.#readiness.isAwaited;
      const disconnected = this.#retire({ end, closeCode, error });
      this.#closing.stop();
      this.#attempts.stop();
      this.#stopListening?.();
      this.#parts.pacer.stop();
      this.#endCalls(cause, error ?? endedError());
      this.#attempts.forgetAll();
      return () => {
        disconnected();
        if (cause.error && !wasAwaited) this.#context.emit('error', cause.error);
        this.#context.emit('closed', cause);
        this.#closing.resolve(cause);
      };
    },
  };

  // ——— Parts of effects ———

  #listen(): void {
    this.#stopListening ??= this.#context.runtime.lifecycle?.listen({
      wake: (cause) => this.#wake(cause),
      sleep: (cause) => this.#context.trace.effect('sleep', { cause }),
    });
  }

  /** The connection of the event at hand: every event that comes here belongs to one. */
  get #live(): Connection {
    if (!this.#connection) throw new Error('there is no connection');
    return this.#connection;
  }

  /** Starts the closing handshake, after which the socket is gone. */
  #shutdown(): void {
    const asked = this.#closing.options;
    if (this.state !== 'closing' || !asked) return;
    const { code, reason } = asked;
    const connection = this.#connection;
    this.#endCalls({ code, reason }, endedError());
    connection?.retire(code, reason);
    if (!connection || connection.link.isGone) this.#release();
  }

  /** Retires the connection. Returns what announces that. */
  #retire({ end, closeCode, error }: Partial<ConnectionLoss>): () => void {
    const { greeting, login, outbox, requests, subscriptions } = this.#parts;
    const connection = this.#connection;
    this.#connection = undefined;
    greeting.stop();
    // The next connection authenticates, and so answers the calls that this connection did not.
    if (this.#authenticating > 0) login.isWanted = true;
    for (const refreshed of login.cancel()) this.#readiness.wait().then(() => refreshed(undefined), refreshed);
    outbox.detach();
    if (!connection) return () => {};
    this.#lastRoundTrip = connection.heartbeat.roundTrip ?? this.#lastRoundTrip;
    this.#connectedAt = undefined;
    this.#bytesReceived = sum(this.#bytesReceived, connection.link.bytesReceived);
    this.#bytesSent = sum(this.#bytesSent, connection.link.bytesSent);
    connection.retire(closeCode);
    if (!connection.link.isGone) this.#attempts.linger(connection);
    if (error) requests.lost(error);
    const isByServer = end?.error instanceof ConnectionClosedError;
    const since = end?.isInOrder ? wallTime(this.#context.runtime.clock) : connection.heardAt;
    subscriptions.lost(since, isByServer);
    if (!connection.link.wasOpen) return () => {};
    const asked = this.#closing.options;
    const close = {
      code: end?.code ?? asked?.code ?? closeCode ?? 1006,
      reason: end?.reason ?? asked?.reason ?? '',
      cause: error,
    };
    return () => void this.#context.emit('disconnected', close);
  }

  #endCalls(cause: CloseCause, error: AnyTransportError): void {
    const { login, requests, sends, subscriptions } = this.#parts;
    this.#readiness.reject(error);
    for (const refreshed of login.cancel()) refreshed(error);
    requests.close(error);
    sends.close(error);
    subscriptions.close(cause, error);
  }

  #release(): void {
    this.#wish('released', { reason: 'no socket is left' });
  }

  #wake(cause: string): void {
    const { state } = this;
    this.#attempts.policy.woke();
    this.#context.trace.effect('wake', { cause });
    // Code of a sink, or of `redact()`, may end the connection: the delay that follows takes the wake into account.
    if (state !== this.state) return;
    if (this.state === 'ready') return this.#connection?.heartbeat.wake();
    if (this.state === 'reconnecting') return this.#attempts.wake();
    const connection = this.#connection;
    // A failing socket reports its own error, which may be final; do not replace it.
    if (this.state !== 'connecting' || !connection || !this.#attempts.isReplaceable || connection.link.isFailing)
      return;
    const delay = this.#attempts.policy.replace();
    if (delay === undefined) return;
    const error = new ConnectionFailedError(texts.attemptHung(cause));
    this.onLoss(connection, { error, delay, isPlanned: true });
  }

  #whenReady(limits: ReadinessLimits = {}): Promise<void> {
    const { signal } = limits;
    if (signal?.aborted) return handled(Promise.reject(signal.reason));
    if (this.state === 'ready') return Promise.resolve();
    if (this.#closing.options || this.state === 'closed') return handled(Promise.reject(endedError()));
    return this.#readiness.wait(limits);
  }
}

/** A sum of what was counted; `undefined` if nothing was counted. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}

function endedError(): AnyTransportError {
  return new ConnectionClosedError(texts.CLIENT_CLOSED, { retryable: false });
}
