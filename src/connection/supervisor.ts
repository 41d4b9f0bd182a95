import { attempt } from '../ask-handler.js';
import type { ConnectionState } from '../connection-state.js';
import type { Context } from '../context.js';
import {
  AuthenticationFailedError,
  ConnectionClosedError,
  ConnectionFailedError,
  MaxReconnectAttemptsError,
  type TransportError,
} from '../errors.js';
import type { CloseCause } from '../events.js';
import type { DeliveryGate } from '../inbound/delivery-gate.js';
import { Outbox } from '../outbound/outbox.js';
import type { CloseVerdict, Frames } from '../protocol/handler-types.js';
import { Calls } from '../requests/requests.js';
import { Subscriptions } from '../subscriptions/subscriptions.js';
import { wallTime } from '../trace.js';
import { Pacer } from '../util/pacer.js';
import { handled } from '../util/promises.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';
import { type Failure, Session } from './connection.js';
import type { ConnectionEffect, ConnectionEvent } from './connection-states.js';
import { Handshake } from './greeting.js';
import type { LinkEnd } from './link.js';
import { Authenticator } from './login.js';
import { Readiness } from './readiness.js';
import { ReconnectPolicy } from './reconnect-policy.js';
import { type Effect, type Happening, StateMachine } from './state-machine.js';

export interface CloseOptions {
  /** 1000, the default, or 3000 to 4999. */
  readonly code?: number;
  /** At most 123 bytes. */
  readonly reason?: string;
  /** Waits for the answers of requests that were made before. Default false. */
  readonly drain?: boolean;
  /** Milliseconds for the drain and the closing handshake together. Default 1 000. */
  readonly deadline?: number;
}

/** What an event is about; which fields matter depends on it. */
interface Particulars extends Happening, Omit<Partial<Failure>, 'error'> {
  /** Authentication frames to be written. */
  readonly frames?: Frames;
  readonly authenticated?: boolean;
}

/** How long an attempt may hang before a wake of the host starts it anew. */
const STALE_ATTEMPT = 1_000;
/** How soon to look again whether replaced sockets have finished closing. */
const LINGER_POLL = 100;

/**
 * The life of a client's connection: carries out the table in connection-states.ts. Everything that happens comes in as an
 * event of that table, one after the other, also when a listener causes the next one.
 */
export class Connection {
  readonly calls: Calls;
  readonly subscriptions: Subscriptions;
  readonly pacer: Pacer;
  /** Resolves when the client has ended, whatever ended it. */
  readonly closed: Promise<CloseCause>;
  readonly #context: Context;
  readonly #gate: DeliveryGate;
  readonly #outbox: Outbox;
  readonly #authenticator: Authenticator;
  readonly #handshake: Handshake;
  readonly #policy: ReconnectPolicy;
  /** The delay before an attempt. */
  readonly #retryTimer: Timer;
  readonly #closeTimer: Timer;
  readonly #readiness: Readiness;
  /** Replaced sessions whose sockets have not finished closing. */
  readonly #lingering = new Set<Session>();
  readonly #machine: StateMachine<Particulars>;
  #epoch = 0;
  #session: Session | undefined;
  #dialledAt = 0;
  /** Of sessions that have ended. */
  #lastRoundTrip: number | undefined;
  #authenticates: boolean;
  #paused = false;
  #stopListening: (() => void) | undefined;
  #closeOptions: Required<CloseOptions> | undefined;
  #tellClosed!: (cause: CloseCause) => void;

  constructor(context: Context, gate: DeliveryGate) {
    const { clock } = context.runtime;
    this.#context = context;
    this.#gate = gate;
    this.#machine = new StateMachine<Particulars>(this.#context, this.#effects);
    this.#authenticates = context.config.authOnConnect;
    this.#policy = new ReconnectPolicy(context.config, context.runtime);
    this.#retryTimer = new Timer(clock);
    this.#closeTimer = new Timer(clock);
    this.pacer = new Pacer(clock);
    const isPaused = () => this.#session?.isPaused ?? false;
    this.subscriptions = new Subscriptions(this.#context, {
      ids: { next: () => this.calls.newId() },
      outbox: { pump: () => this.#outbox.pump() },
      inbound: {
        get isPaused() {
          return isPaused();
        },
      },
    });
    this.#outbox = new Outbox(this.#context, this.subscriptions.frames, (cause) => this.#socketRefused(cause));
    this.calls = new Calls(this.#context, this.#outbox, this.#machine, (id) => this.subscriptions.isOpen(id));
    this.#authenticator = new Authenticator(this.#context, (frames) => this.#outbox.urgent(frames));
    this.#handshake = new Handshake(this.#context, this.#authenticator, (frames) => this.#outbox.urgent(frames));
    this.#readiness = new Readiness(
      () => this.#context.gate.hold(),
      () => {
        // Nobody waits for a connection that never served: there is no reason to go on trying.
        if (this.#epoch === 0) this.#wish('abandoned', 'connect() was aborted');
      },
    );
    this.closed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  get state(): ConnectionState {
    return this.#machine.state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get waitingCalls(): number {
    return this.#outbox.waiting;
  }

  get roundTrip(): number | undefined {
    return this.#session?.heartbeat.roundTrip ?? this.#lastRoundTrip;
  }

  // ——— What the application asks ———

  connect(signal?: AbortSignal): Promise<void> {
    const ready = this.#whenReady(signal);
    if (!signal?.aborted) this.#wish('connect', 'connect() was called');
    return ready;
  }

  reconnect(reason: string): void {
    if (this.state === 'reconnecting') return this.#retryIn(this.#policy.immediate());
    // One that failed ends by itself, for a reason that may be final (C7) or ask for patience (C4).
    if (!this.#session?.link.isFailing) this.#session?.leave(reason);
  }

  /** Authenticates now, or with the connection that is being made. */
  authenticate(): Promise<void> {
    const wasWanted = this.#authenticates;
    this.#authenticates = true;
    if (this.state !== 'ready') return this.#whenReady();
    return handled(
      new Promise((resolve, reject) => {
        this.#authenticator.refresh((error) => {
          this.#context.gate.hold();
          if (!error) return resolve();
          this.#authenticates = wasWanted;
          reject(error);
        });
      }),
    );
  }

  pause(): void {
    this.#paused = true;
    // Never before `ready`: a login has to be read.
    if (this.state === 'ready') this.#session?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.state === 'ready') this.#session?.resume();
  }

  async close(options: Required<CloseOptions>): Promise<void> {
    if (this.state !== 'closed' && !this.#closeOptions) {
      this.#closeOptions = options;
      this.#wish('close', options.reason || 'close() was called');
    }
    await this.closed;
  }

  // ——— Events of the table ———

  /** @param session - what the event is about; of a replaced one nothing is heard (C1) */
  #happen(event: ConnectionEvent, particulars: Particulars, session?: Session): void {
    this.#inTurn(() => this.#machine.transit(event, particulars), session);
  }

  /** Lets an event happen unless it has become pointless by the time that it is its turn. */
  #wish(event: 'connect' | 'close' | 'abandoned' | 'released', reason: string): void {
    this.#inTurn(() => {
      if (this.#machine.allows(event)) this.#machine.transit(event, { reason });
    });
  }

  #inTurn(act: () => void, session?: Session): void {
    this.#machine.inTurn(() => {
      if (!session || (session === this.#session && !session.isRetired)) act();
    });
  }

  /** A session cannot go on: decides whether another attempt makes sense. */
  #failed(session: Session, failure: Failure): void {
    this.#inTurn(() => {
      // A session that is being closed, perhaps after the answers that are outstanding, is left already.
      if (failure.isOurWish && this.#closeOptions) return;
      if (this.#policy.lost()) this.#authenticator.succeeded();
      const { end, isOurWish } = failure;
      let { error } = failure;
      const verdict = end ? this.#judge(end) : 'retry';
      if (verdict === 'authentication' && !(error instanceof AuthenticationFailedError)) {
        error = this.#authenticator.refused(error.message, { cause: error });
      }
      let isFinal = verdict === 'fatal' || (error instanceof AuthenticationFailedError && !error.retryable);
      if (!isFinal && !isOurWish && this.#policy.exhausted && this.state !== 'closing') {
        error = new MaxReconnectAttemptsError(this.#policy.attempt, { cause: error });
        isFinal = true;
      }
      this.#machine.transit(isFinal ? 'failed' : 'lost', { ...failure, error });
    }, session);
  }

  #judge(end: LinkEnd): CloseVerdict {
    const { code, reason, status } = end;
    const close = { code, reason, ...(status !== undefined && { status }) };
    const ask = () => this.#context.handler.classifyClose(close);
    return attempt(this.#context, `The handler's classifyClose failed`, ask) ?? 'retry';
  }

  // ——— Effects ———

  /** What the table asks for; each returns what to announce once the application knows of the new state. */
  readonly #effects: Readonly<Record<ConnectionEffect, Effect<Particulars>>> = {
    dial: () => {
      const { lifecycle, clock } = this.#context.runtime;
      this.#stopListening ??= lifecycle?.listen({
        wake: (cause) => this.#wake(cause),
        sleep: (cause) => this.#context.trace.effect('sleep', { cause }),
      });
      this.#policy.dialled();
      this.#dialledAt = clock.now();
      const session = new Session(
        this.#context,
        this.#gate,
        {
          authenticator: this.#authenticator,
          calls: this.calls,
          outbox: this.#outbox,
          subscriptions: this.subscriptions,
        },
        {
          isWanted: () => this.#closeOptions === undefined,
          opened: (opened) => this.#happen('opened', { reason: 'the socket is open' }, opened),
          failed: (failed, failure) => this.#failed(failed, failure),
          gone: (gone) => this.#gone(gone),
        },
      );
      this.#session = session;
      session.link.dial();
      return () => void this.#context.emit('connecting');
    },

    greet: () => {
      const session = this.#session as Session;
      this.#outbox.attach(session.link);
      this.#handshake.start({
        // After the listeners of `connected`: they may ask for authentication.
        greeted: (next) => this.#inTurn(next, session),
        wantsAuthentication: () => this.#authenticates,
        challenged: (frames) => this.#happen('challenged', { reason: 'the handler authenticates', frames }, session),
        established: (reason, authenticated) => this.#happen('established', { reason, authenticated }, session),
        failed: (error) => this.#failed(session, { error, code: 1000 }),
      });
      return () => void this.#context.emit('connected');
    },

    authenticate: ({ frames }) => {
      this.#handshake.authenticate(frames);
      return undefined;
    },

    serve: ({ authenticated }) => {
      const session = this.#session as Session;
      const epoch = ++this.#epoch;
      if (epoch > 1) this.#context.counters.reconnects++;
      this.#policy.ready();
      this.#handshake.stop();
      session.start();
      if (this.#paused) session.pause();
      this.subscriptions.ready(epoch);
      this.#outbox.serve();
      this.#readiness.resolve();
      return () => {
        if (authenticated) this.#context.emit('authenticated');
        this.#context.emit('ready', epoch);
        if (epoch > 1) this.#context.emit('reconnected', epoch);
      };
    },

    scheduleRetry: (particulars) => {
      const error = particulars.error as TransportError;
      const disconnected = this.#retire(particulars, error);
      const delay = particulars.delay ?? this.#policy.next(particulars.end?.retryAfter);
      this.#retryIn(delay);
      const { attempt } = this.#policy;
      return () => {
        disconnected();
        this.#context.emit('reconnecting', { attempt, delay, cause: error });
      };
    },

    rest: () => {
      const disconnected = this.#retire({ code: 1000 }, new ConnectionClosedError('connect() was aborted'));
      this.#retryTimer.stop();
      this.#stopListening?.();
      this.#stopListening = undefined;
      return disconnected;
    },

    beginClose: () => {
      const { drain, deadline } = this.#closeOptions as Required<CloseOptions>;
      this.#retryTimer.stop();
      this.#handshake.stop();
      this.#session?.stop();
      this.#closeTimer.start(deadline, () => {
        this.#shutdown();
        this.#session?.link.forget();
      });
      if (drain && this.#outbox.isServing) this.calls.drain(() => this.#shutdown());
      else this.#shutdown();
      return undefined;
    },

    finish: ({ error, end, code }) => {
      const asked = this.#closeOptions;
      const cause: CloseCause = asked
        ? { code: asked.code, reason: asked.reason }
        : { code: end?.code ?? 1006, reason: error?.message ?? '', ...(error ? { error } : {}) };
      const wasHeard = this.#readiness.isAwaited;
      const disconnected = this.#retire({ end, code }, error);
      this.#closeTimer.stop();
      this.#retryTimer.stop();
      this.#stopListening?.();
      this.pacer.stop();
      this.#endCalls(cause, error ?? this.#endedError());
      for (const session of this.#lingering) session.link.forget();
      return () => {
        disconnected();
        if (cause.error && !wasHeard) this.#context.emit('error', cause.error);
        this.#context.emit('closed', cause);
        this.#tellClosed(cause);
      };
    },
  };

  // ——— Parts of effects ———

  /** The closing handshake, after which the socket is gone. */
  #shutdown(): void {
    if (this.state !== 'closing') return;
    const { code, reason } = this.#closeOptions as Required<CloseOptions>;
    const session = this.#session;
    this.#endCalls({ code, reason }, this.#endedError());
    session?.retire(code, reason);
    if (!session || session.link.isGone) this.#release();
  }

  /** Takes leave of the session; returns what to announce of that. */
  #retire({ end, code, since }: Partial<Failure>, error: TransportError | undefined): () => void {
    const session = this.#session;
    this.#session = undefined;
    this.#handshake.stop();
    // Whoever asked for a refresh gets it with the next connection, which authenticates anyway.
    for (const refreshed of this.#authenticator.cancel())
      this.#readiness.wait().then(() => refreshed(undefined), refreshed);
    this.#outbox.detach();
    if (!session) return () => {};
    this.#lastRoundTrip = session.heartbeat.roundTrip ?? this.#lastRoundTrip;
    session.retire(code);
    if (!session.link.isGone) this.#lingering.add(session);
    if (error) this.calls.lost(error);
    this.subscriptions.lost(since ?? wallTime(this.#context.runtime.clock));
    if (!session.link.opened) return () => {};
    const asked = this.#closeOptions;
    const close = {
      code: end?.code ?? asked?.code ?? code ?? 1006,
      reason: end?.reason ?? asked?.reason ?? '',
      cause: error,
    };
    return () => void this.#context.emit('disconnected', close);
  }

  #endCalls(cause: CloseCause, error: TransportError): void {
    this.#readiness.reject(error);
    for (const refreshed of this.#authenticator.cancel()) refreshed(error);
    this.calls.close(error);
    this.subscriptions.close(cause, error);
  }

  #gone(session: Session): void {
    this.#lingering.delete(session);
    if (session === this.#session) this.#release();
  }

  #release(): void {
    this.#wish('released', 'no socket is left');
  }

  #retryIn(delay: number): void {
    this.#retryTimer.start(delay, () => {
      // At most one socket that is still closing may exist beside a new one (C1).
      if (this.#lingering.size > 1) this.#retryIn(LINGER_POLL);
      else this.#happen('retry', { reason: 'the delay is over' });
    });
  }

  #wake(cause: string): void {
    this.#context.trace.effect('wake', { cause });
    this.#policy.woke();
    if (this.state === 'ready') return this.#session?.heartbeat.wake();
    if (this.state === 'reconnecting') {
      const delay = this.#policy.wake();
      if (delay !== undefined && delay < this.#retryTimer.remaining) this.#retryIn(delay);
      return;
    }
    // One that failed already does not hang: its own end tells why, and that may be final (C7).
    const isStale =
      this.#context.runtime.clock.now() - this.#dialledAt > STALE_ATTEMPT && !this.#session?.link.isFailing;
    const delay = this.state === 'connecting' && isStale ? this.#policy.wake() : undefined;
    if (delay === undefined || !this.#session) return;
    const error = new ConnectionFailedError(`The attempt hung while the host slept (${cause}).`);
    this.#failed(this.#session, { error, delay, isOurWish: true });
  }

  #socketRefused(cause: unknown): void {
    const session = this.#session;
    const error = new ConnectionClosedError(`The socket took no more frames: ${describe(cause)}`, { cause });
    if (session) this.#failed(session, { error });
  }

  #whenReady(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return handled(Promise.reject(signal.reason));
    if (this.state === 'ready') return Promise.resolve();
    if (this.#closeOptions || this.state === 'closed') return handled(Promise.reject(this.#endedError()));
    return this.#readiness.wait(signal);
  }

  #endedError(): TransportError {
    return new ConnectionClosedError('The client was closed; create another one.', { retryable: false });
  }
}
