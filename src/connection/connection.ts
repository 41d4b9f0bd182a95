import { attempt, limitsOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import {
  type AnyTransportError,
  CapacityExceededError,
  ConnectionClosedError,
  MessageTooLargeError,
  ProtocolError,
} from '../errors.js';
import type { DeliveryGate } from '../inbound/delivery-gate.js';
import { Inbox, type InboxListener } from '../inbound/inbox.js';
import { type ConnectionActions, Router } from '../inbound/router.js';
import type { Outbox, OutboxLink } from '../outbound/outbox.js';
import { listFrames } from '../protocol/frames.js';
import type { Frame, Frames } from '../protocol/handler-types.js';
import type { Message } from '../protocol/message.js';
import type { Drain } from '../requests/drain.js';
import type { Requests } from '../requests/requests.js';
import type { Subscriptions } from '../subscriptions/subscriptions.js';
import * as texts from '../texts.js';
import { cleanCause } from '../util/clean-cause.js';
import { Timer } from '../util/timer.js';
import { describe } from '../util/wrap-error.js';
import { Heartbeat, type HeartbeatListener } from './heartbeat.js';
import { IdleWatch } from './idle-watch.js';
import { Leaving } from './leaving.js';
import { Link, type LinkEnd, type LinkListener } from './link.js';
import { LinkProbe } from './link-probe.js';
import type { Login, LoginLink } from './login.js';
import type { ConnectionLoss } from './loss-judge.js';

/** How a connection is to be left. */
export interface Departure {
  /** Milliseconds that the answers may take. @default the config's `leaveTimeout` */
  readonly timeout?: number | undefined;
  /** Whether a frame asks for it: what the same read brought after the frame is handed out first. */
  readonly isNotice?: boolean;
}

export interface ConnectionListener {
  /** Whether the client is about to end, so that no connection is replaced. */
  readonly isClosing: boolean;
  onOpen(connection: Connection): void;
  /** The connection cannot stay. */
  onLoss(connection: Connection, loss: ConnectionLoss): void;
  /** There is no way to probe the link. */
  onUnprobed(): void;
  /** The server named a time before the next attempt. */
  onServerDelay(delay: number): void;
  /** The socket is gone for good. */
  onGone(connection: Connection): void;
}

/** The parts that outlive a connection, and that each connection feeds. */
export interface ConnectionParts {
  readonly gate: DeliveryGate;
  readonly login: Login;
  readonly requests: Requests;
  readonly drain: Drain;
  readonly outbox: Outbox;
  readonly subscriptions: Subscriptions;
}

/** One connection: a link, and what belongs to that link alone – the way in, the heartbeat, the lifetime. */
export class Connection
  implements LinkListener, InboxListener, HeartbeatListener, ConnectionActions, OutboxLink, LoginLink
{
  readonly link: Link;
  readonly heartbeat: Heartbeat;
  readonly #context: Context;
  readonly #parts: ConnectionParts;
  readonly #listener: ConnectionListener;
  readonly #router: Router;
  readonly #inbox: Inbox;
  readonly #leaving: Leaving;
  readonly #lifetime: Timer;
  readonly #idleWatch: IdleWatch;
  #heardAt: number;
  #isRetired = false;

  constructor(context: Context, parts: ConnectionParts, listener: ConnectionListener) {
    const { drain, gate, login, outbox, requests, subscriptions } = parts;
    this.#context = context;
    this.#heardAt = context.turnTime.now();
    this.#parts = parts;
    this.#listener = listener;
    this.link = new Link(context, this);
    const probe = new LinkProbe(context, this.link, outbox);
    this.heartbeat = new Heartbeat(context, probe, this);
    this.#leaving = new Leaving(context, outbox, drain, probe);
    this.#router = new Router(context, login, requests, subscriptions, this);
    this.#inbox = new Inbox(context, gate, this.#router, this);
    this.#idleWatch = new IdleWatch(context, this, () => this.#onIdle());
    this.#lifetime = new Timer(context.runtime.clock);
  }

  /** When something last came in, or when the socket opened (Unix milliseconds). What the server said later may be lost. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether the connection was replaced or closed: nothing of it is heard any more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** The connection is ready: watches over the link, and over the lifetime that the server allows it. */
  start(): void {
    const { lifetime } = limitsOf(this.#context);
    if (lifetime !== undefined) this.#lifetime.start(lifetime, () => this.reconnect(texts.lifetimeOver(lifetime)));
    this.#watch();
  }

  stop(): void {
    this.#stopPlans();
    this.heartbeat.stop();
  }

  /** A failing socket reports its own end. */
  #watch(): void {
    if (!this.link.isOpen) return;
    this.heartbeat.start();
    this.#idleWatch.start();
  }

  #stopPlans(): void {
    this.#lifetime.stop();
    this.#leaving.stop();
    this.#idleWatch.stop();
  }

  /**
   * Stops reading if the platform can, and stops the heartbeat, whose answers would not be read. If the platform cannot
   * stop reading, frames keep coming: holding them back would only move the queue.
   */
  pause(): void {
    this.heartbeat.stop();
    this.#leaving.pause();
    this.#idleWatch.stop();
    if (!this.link.canPause) return;
    this.link.pause();
    this.#inbox.pause();
  }

  resume(): void {
    this.#watch();
    this.link.resume();
    this.#inbox.resume();
  }

  /**
   * Ends a connection that did not fail, with a closing handshake: after the answers in flight, or at once if there are
   * none, and at the second call.
   */
  leave(reason: string, { timeout, isNotice = false }: Departure = {}): void {
    const { drain, login, outbox } = this.#parts;
    // There will be no other connection, or this one has told its end, which is about to be judged.
    if (this.#listener.isClosing || login.isRefused || !this.link.isHeard) return;
    const { leaveTimeout } = this.#context.config;
    const end = (isSilent: boolean) => {
      // The server was first: its code is judged, as always.
      if (this.link.isClosedByServer) return this.link.awaitEnd();
      const error = new ConnectionClosedError(texts.reconnecting(reason));
      this.#listener.onLoss(this, {
        error,
        isPlanned: true,
        ...(isSilent ? {} : { closeCode: 1000 }),
      });
    };
    const limit = timeout ?? leaveTimeout;
    const isAwaited = drain.isAwaiting || isNotice;
    if (limit === 0 || this.#leaving.isUnderWay || !outbox.isReady || !isAwaited) return end(false);
    this.#leaving.start(limit, end);
  }

  /** Stops everything of the connection. The socket is closed with a code, or dropped without a code. */
  retire(closeCode?: number, reason = ''): void {
    this.#isRetired = true;
    this.#inbox.stop();
    this.stop();
    if (closeCode === undefined) this.link.drop();
    else this.#shutdown(closeCode, reason);
  }

  /** Says farewell and starts the closing handshake. */
  #shutdown(code: number, reason: string): void {
    const { handler, trace, counters } = this.#context;
    if (this.link.isOpen) {
      const frames = attempt(this.#context, texts.hookFailed('farewell'), () => listFrames(handler.farewell())) ?? [];
      try {
        for (const frame of frames) {
          this.link.send(frame);
          counters.sent++;
          trace.frame('out', frame);
        }
      } catch {
        // The socket has ended already. A farewell that cannot leave is no error.
      }
    }
    this.link.shutdown(code, reason);
  }

  // ——— The link reports ———

  onOpen(): void {
    this.#heardAt = this.#context.turnTime.now();
    this.#listener.onOpen(this);
  }

  onMessage(data: string | Uint8Array): void {
    this.#alive();
    this.#context.counters.lastMessageAt = this.#heardAt;
    // A socket may answer inside `send()`, as a simple fake does. The call counts as written only after `send()`.
    if (this.link.isSending) this.#context.gate.hold();
    this.#inbox.receive(data);
  }

  onPing(): void {
    this.#alive();
    this.#parts.outbox.countFrame();
  }

  onPong(): void {
    this.heartbeat.pong();
    this.#alive();
  }

  #alive(): void {
    this.#heardAt = this.#context.turnTime.now();
    this.heartbeat.alive();
    this.#leaving.alive();
  }

  onEnd(end: LinkEnd): void {
    this.#inbox.finish(() =>
      this.endLogin(() => {
        const { error } = end;
        // A frame that we cannot take is an error of its own, beside the reconnect.
        if (error instanceof MessageTooLargeError || error instanceof ProtocolError) this.#context.emit('error', error);
        this.#listener.onLoss(this, { error, end });
      }),
    );
  }

  /** Hands out the frames that waited for a login, and then calls back: no login will ask for them. */
  endLogin(done: () => void): void {
    this.handBack(this.#parts.login.interrupt(), done);
  }

  // ——— The login asks ———

  heed(message: Message): void {
    attempt(this.#context, texts.HANDLER_FAILED_ON_FRAME, () => this.#router.heed(message));
  }

  handBack(messages: readonly Message[], done: () => void): void {
    this.#inbox.handBack(messages, done);
  }

  // ——— The link reports its end ———

  onGone(): void {
    this.#listener.onGone(this);
  }

  // ——— The inbox and the heartbeat report ———

  onBroken(error: AnyTransportError): void {
    this.#context.emit('error', error);
    this.#listener.onLoss(this, { error, closeCode: 1009 });
  }

  onSilence(): void {
    if (this.link.isFailing) return;
    const error = new ConnectionClosedError(texts.noSignOfLife(this.#context.config.pongTimeout));
    this.#listener.onLoss(this, { error });
  }

  onUnprobed(): void {
    this.#listener.onUnprobed();
  }

  /** What came in so far: bytes where the socket counts them, else frames. */
  get inflow(): number {
    return this.link.bytesReceived ?? this.heartbeat.frames;
  }

  #onIdle(): void {
    if (this.link.isFailing) return;
    const error = new ConnectionClosedError(texts.idleTooLong(this.#context.config.idleTimeout));
    this.#listener.onLoss(this, { error });
  }

  // ——— A frame asks ———

  reply(frames: Frames): void {
    if (this.#isRetired) return;
    this.#context.trace.replied(listFrames(frames));
    this.#parts.outbox.urgent(frames);
  }

  pong(): void {
    this.heartbeat.pong();
  }

  routed(): void {
    this.#parts.drain.check();
  }

  reconnect(reason: string, serverDelay?: number): void {
    if (this.#isRetired) return;
    // It binds however this connection ends.
    if (serverDelay !== undefined) this.#listener.onServerDelay(serverDelay);
    // A repeated notice must not cut the wait for answers short.
    if (!this.#leaving.isUnderWay) this.leave(reason, { isNotice: true });
  }

  authenticate(message: Message): void {
    const { login, outbox } = this.#parts;
    if (this.#isRetired) return;
    // Many signals are one. A connection that is being made authenticates anyway, if that is wanted.
    if (login.isRefreshing || (login.isWanted && !outbox.isReady)) return;
    login.refresh((error) => {
      if (error) this.#listener.onLoss(this, { error, closeCode: 1000 });
    });
    login.offer(message);
  }

  // ——— The outbox writes ———

  get bufferedAmount(): number {
    return this.link.bufferedAmount;
  }

  send(frame: Frame): void {
    this.link.send(frame);
  }

  refused(failure: unknown): void {
    if (failure instanceof CapacityExceededError) {
      // Our own verdict on a socket that works.
      const error = new ConnectionClosedError(texts.socketRefused(describe(failure)), { cause: failure });
      return this.#listener.onLoss(this, { error });
    }
    // The link reports how it ended.
    this.#stopPlans();
    this.heartbeat.stop();
    this.link.refused(cleanCause(failure));
  }
}
