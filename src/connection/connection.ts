import { attempt } from '../ask-handler.js';
import type { Context } from '../context.js';
import { ConnectionClosedError, MessageTooLargeError, ProtocolError, type TransportError } from '../errors.js';
import type { DeliveryGate } from '../inbound/delivery-gate.js';
import { Inbox } from '../inbound/inbox.js';
import { Router } from '../inbound/router.js';
import type { Outbox } from '../outbound/outbox.js';
import { isEmpty } from '../protocol/frames.js';
import type { Calls } from '../requests/requests.js';
import type { Subscriptions } from '../subscriptions/subscriptions.js';
import { Timer } from '../util/timer.js';
import { Heartbeat } from './heartbeat.js';
import { Link, type LinkEnd } from './link.js';
import type { Authenticator } from './login.js';

/** Why a session cannot go on. */
export interface Failure {
  readonly error: TransportError;
  /** How the socket ended, where it did so by itself. */
  readonly end?: LinkEnd;
  /** Unix milliseconds since which nothing was heard, where that is not just now. */
  readonly since?: number;
  /** The close code to leave with; without one the socket is dropped. */
  readonly code?: number;
  /** Nobody ended it but we ourselves: there is always another attempt. */
  readonly isOurWish?: boolean;
  /** Milliseconds before that attempt, instead of what the policy says. */
  readonly delay?: number;
}

export interface SessionEvents {
  /** Whether a socket is still to be opened. */
  isWanted(): boolean;
  opened(session: Session): void;
  failed(session: Session, failure: Failure): void;
  /** The socket is gone for good. */
  gone(session: Session): void;
}

export interface SessionParts {
  readonly authenticator: Authenticator;
  readonly calls: Calls;
  readonly outbox: Outbox;
  readonly subscriptions: Subscriptions;
}

/** One socket with what belongs to it alone: the way in, and the heartbeat. */
export class Session {
  readonly link: Link;
  readonly inbox: Inbox;
  readonly heartbeat: Heartbeat;
  readonly #context: Context;
  readonly #outbox: Outbox;
  readonly #events: SessionEvents;
  readonly #lifetime: Timer;
  #isRetired = false;

  constructor(context: Context, gate: DeliveryGate, parts: SessionParts, events: SessionEvents) {
    this.#context = context;
    this.#outbox = parts.outbox;
    this.#events = events;
    this.#lifetime = new Timer(context.runtime.clock);
    const router = new Router(context, parts.authenticator, parts.calls, parts.subscriptions, {
      reply: (frames) => {
        if (!this.#isRetired) parts.outbox.urgent(frames);
      },
      pong: () => this.heartbeat.pong(),
      reconnect: (reason) => this.leave(reason),
      authenticate: () =>
        parts.authenticator.refresh((error) => {
          if (error) events.failed(this, { error, code: 1000 });
        }),
    });
    this.inbox = new Inbox(context, gate, {
      message: (message) => router.route(message),
      broken: (error) => {
        context.emit('error', error);
        events.failed(this, { error, code: 1009 });
      },
    });
    this.heartbeat = new Heartbeat(context, {
      probe: () => this.#probe(),
      dead: (since) => {
        const error = new ConnectionClosedError(
          `No sign of life within pongTimeout (${context.config.pongTimeout} ms) of a ping.`,
        );
        events.failed(this, { error, since });
      },
    });
    this.link = new Link(context, {
      isWanted: () => events.isWanted(),
      opened: () => events.opened(this),
      message: (data) => {
        this.heartbeat.alive();
        // A socket that answers inside `send()` (a simple fake does): the request counts as written when that is over.
        if (this.link.isSending) gate.hold();
        this.inbox.receive(data);
      },
      pinged: () => {
        this.heartbeat.alive();
        parts.outbox.countFrame();
      },
      ponged: () => {
        this.heartbeat.pong();
        this.heartbeat.alive();
      },
      ended: (end) =>
        this.inbox.finish(() => {
          const { error } = end;
          // A frame that we could not take is news of its own, beside the reconnect.
          if (error instanceof MessageTooLargeError || error instanceof ProtocolError) context.emit('error', error);
          events.failed(this, { error, end });
        }),
      gone: () => events.gone(this),
    });
  }

  /** Whether nothing of it is heard any more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /**
   * Stops reading where the platform can, and asking for signs of life that could not be read. Where it cannot, frames go
   * on coming: to hold them back would only move the queue.
   */
  pause(): void {
    this.heartbeat.stop();
    if (!this.link.canPause) return;
    this.link.pause();
    this.inbox.pause();
  }

  get isPaused(): boolean {
    return this.inbox.isPaused;
  }

  resume(): void {
    this.heartbeat.start();
    this.link.resume();
    this.inbox.resume();
  }

  /** The connection is ready: watches over the link, and over the lifetime that the server allows it. */
  start(): void {
    const { lifetime } = this.#context.handler.limits ?? {};
    if (lifetime !== undefined)
      this.#lifetime.start(lifetime, () => this.leave(`limits.lifetime (${lifetime} ms) is over`));
    this.heartbeat.start();
  }

  stop(): void {
    this.#lifetime.stop();
    this.heartbeat.stop();
  }

  /** Ends a session that did not fail, with a closing handshake where it is open. */
  leave(reason: string): void {
    const error = new ConnectionClosedError(`Reconnecting: ${reason}.`);
    this.#events.failed(this, { error, code: 1000, isOurWish: true });
  }

  /** Nothing of it is heard any more; its socket is closed with a code, or dropped. */
  retire(code?: number, reason = ''): void {
    this.#isRetired = true;
    this.inbox.stop();
    this.stop();
    if (code === undefined) this.link.drop();
    else this.link.shutdown(code, reason);
  }

  /** Pings in the way that the handler or the config wants; see `HeartbeatEvents.probe`. */
  #probe(): number | undefined {
    const { config, handler } = this.#context;
    const wait = this.#outbox.rateDelay;
    return attempt(this.#context, 'A ping could not be sent', () => {
      if (!handler.keepAlive && config.useWebsocketPing && this.#ping()) return wait;
      const frames = handler.buildPing();
      if (isEmpty(frames)) return handler.keepAlive && this.#ping() ? wait : undefined;
      this.#outbox.urgent(frames);
      return wait;
    });
  }

  #ping(): boolean {
    if (!this.link.canPing) return false;
    this.#outbox.ping(() => {
      this.#context.trace.effect('ping');
      this.link.ping();
    });
    return true;
  }
}
