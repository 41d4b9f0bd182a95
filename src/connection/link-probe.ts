import { attempt, keepAliveOf } from '../ask-handler.js';
import type { Context } from '../context.js';
import type { Outbox } from '../outbound/outbox.js';
import { isEmpty } from '../protocol/frames.js';
import * as texts from '../texts.js';
import type { Probe } from './heartbeat.js';
import type { Link } from './link.js';

/** Probes a link in the way that the handler or the config wants: with a WebSocket ping, or with the handler's own ping. */
export class LinkProbe implements Probe {
  readonly #context: Context;
  readonly #link: Link;
  readonly #outbox: Outbox;

  constructor(context: Context, link: Link, outbox: Outbox) {
    this.#context = context;
    this.#link = link;
    this.#outbox = outbox;
  }

  get isHeldBack(): boolean {
    return this.#outbox.holds(this);
  }

  get bufferedAmount(): number {
    return this.#link.bufferedAmount;
  }

  get bytesReceived(): number | undefined {
    return this.#link.bytesReceived;
  }

  get bytesSent(): number {
    return this.#link.bytesGone;
  }

  send(): number | undefined {
    const { config, handler } = this.#context;
    const keepsAlive = keepAliveOf(this.#context) !== undefined;
    const wait = this.#outbox.rateDelay;
    return attempt(this.#context, texts.PING_FAILED, () => {
      if (!keepsAlive && config.useWebsocketPing && this.#link.canPing) return this.#ping(wait);
      const frames = handler.buildPing();
      if (isEmpty(frames)) return keepsAlive && this.#link.canPing ? this.#ping(wait) : undefined;
      this.#outbox.urgent(frames, this);
      return wait;
    });
  }

  #ping(wait: number): number {
    this.#outbox.ping(() => {
      this.#context.trace.effect('ping');
      this.#link.ping();
    }, this);
    return wait;
  }
}
