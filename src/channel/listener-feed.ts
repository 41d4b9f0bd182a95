import type { ProtocolError } from '../errors.js';
import * as texts from '../texts.js';
import { wrapError } from '../util/wrap-error.js';
import type { Channel, ChannelOptions } from './channel.js';
import { type ConflateInterval, type Conflating, type Conflation, FRAME } from './conflation.js';
import type { Update } from './update.js';
import type { UpdateBuffer } from './update-buffer.js';

/** What a feed needs of its channel. */
export interface FeedOwner {
  readonly channel: Channel;
  readonly options: ChannelOptions;
  readonly conflation: Conflation;
  /** Whether a `for await` loop reads the channel. */
  readonly hasLoops: boolean;
  newBuffer(): UpdateBuffer;
  /** Puts an update into a buffer, and counts what that costs. */
  keep(buffer: UpdateBuffer, update: Update): void;
  /** Counts an update that no reader gets. */
  drop(): void;
  /** A listener failed, or could not be given its update. */
  listenerFailed(error: ProtocolError): void;
}

/** The feed keeps updates for the first reader, is about to hand them over, passes updates on, or has ended. */
type Phase = 'holding' | 'handing' | 'flowing' | 'closed';

/** Brings updates to the `message` listeners of a channel. Updates that come before the first reader are kept for it. */
export class ListenerFeed implements Conflating {
  readonly #owner: FeedOwner;
  #phase: Phase = 'holding';
  /** What waits for the first reader. Later: what keeps the gap of an update that no reader got. */
  #held: UpdateBuffer | undefined;
  /** For `latest`: what the listeners get at the next tick. */
  #conflated: UpdateBuffer | undefined;

  constructor(owner: FeedOwner) {
    this.#owner = owner;
  }

  get isClosed(): boolean {
    return this.#phase === 'closed';
  }

  /** Whether an update reaches no listener, is not kept, and owes no gap. */
  get isDeaf(): boolean {
    return this.#phase === 'flowing' && !this.#held && !this.#hasListeners;
  }

  get buffered(): number {
    return (this.#held?.size ?? 0) + (this.#conflated?.size ?? 0);
  }

  /** Keeps an update, or passes it to the listeners. Returns the update that the loops are to get. */
  deliver(update: Update): Update {
    if (this.#phase === 'holding' || this.#phase === 'handing') {
      this.#held ??= this.#owner.newBuffer();
      this.#owner.keep(this.#held, update);
      return update;
    }
    const passed = this.#held ? this.#afterHeld(this.#held, update) : update;
    if (this.#hasListeners) {
      if (this.#owner.options.overflow === 'latest') this.#conflate(passed);
      else this.#emit(passed);
    } else if (!this.#owner.hasLoops) {
      this.#forgo(passed);
    }
    return passed;
  }

  /** A listener came. The first listener gets what was kept, before anything newer. */
  listen(): void {
    if (this.#phase !== 'holding') return;
    if (!this.#held?.size) {
      this.#phase = 'flowing';
      return;
    }
    this.#phase = 'handing';
    queueMicrotask(() => this.handOver());
  }

  /** A loop starts. Returns what was kept for the first reader, unless a reader came before; also after the end. */
  takeHeld(): UpdateBuffer | undefined {
    if (this.#phase === 'handing' || this.#phase === 'flowing') return undefined;
    const held = this.#held;
    this.#held = undefined;
    if (this.#phase === 'holding') this.#phase = 'flowing';
    return held;
  }

  /** Hands what was kept to the first listener, where that is still to be done. */
  handOver(): void {
    while (this.#phase === 'handing') {
      const isHeard = this.#hasListeners;
      if (!isHeard && !this.#owner.hasLoops) {
        this.#phase = 'holding';
        return;
      }
      const update = this.#held?.shift();
      if (!update) {
        if (!this.#held?.owesGap) this.#release();
        this.#phase = 'flowing';
      } else if (!isHeard) {
        // The loops have had it already, or began after it.
        this.#forgo(update);
      } else if (this.#owner.options.overflow === 'latest') {
        this.#conflate(update);
      } else {
        this.#emit(update);
      }
    }
  }

  /** Calls the listeners with what was conflated. */
  flush(): void {
    const conflated = this.#conflated;
    for (let count = conflated?.size ?? 0; count > 0 && !this.isClosed; count--) {
      const update = conflated?.shift();
      if (!update) continue;
      if (this.#hasListeners) this.#emit(update);
      else this.#forgo(update);
    }
    // A listener may have caused more updates.
    if (conflated?.size && !this.isClosed) this.#owner.conflation.join(this.#interval, this);
  }

  /** Forgets what waits for a reader. */
  clear(): void {
    this.#held?.clear();
    this.#held = undefined;
  }

  /** Ends the feed. What a listener did not get in time is lost; what waits for a first reader can be read by a loop. */
  close(): void {
    const isHanding = this.#phase === 'handing';
    const unheard = ((isHanding && this.#held?.size) || 0) + (this.#conflated?.size ?? 0);
    this.#held?.forget();
    if (isHanding) this.#held = undefined;
    this.#phase = 'closed';
    if (this.#conflated) this.#owner.conflation.leave(this.#interval, this);
    this.#conflated?.clear();
    for (let count = unheard; count > 0; count--) this.#owner.drop();
  }

  get #hasListeners(): boolean {
    return this.#owner.channel.listenerCount('message') > 0;
  }

  get #interval(): ConflateInterval {
    return this.#owner.options.conflateInterval ?? FRAME;
  }

  #emit(update: Update): void {
    const { channel } = this.#owner;
    let data: unknown;
    try {
      data = update.data;
    } catch (cause) {
      const error = wrapError(texts.unreadableUpdate(channel.topic), cause);
      return this.#owner.listenerFailed(error);
    }
    channel.emit('message', data, update);
  }

  #conflate(update: Update): void {
    this.#conflated ??= this.#owner.newBuffer();
    const isWaiting = this.#conflated.size > 0;
    this.#owner.keep(this.#conflated, update);
    if (!isWaiting) this.#owner.conflation.join(this.#interval, this);
  }

  /** No reader gets the update. If it carries a gap, the next update carries that gap instead. */
  #forgo(update: Update): void {
    if (update.gap) {
      this.#held ??= this.#owner.newBuffer();
      this.#held.owe(update.gap);
    }
    this.#owner.drop();
  }

  /** The first update after the kept updates. It carries the gap of a kept update that was dropped. */
  #afterHeld(held: UpdateBuffer, update: Update): Update {
    this.#release();
    return held.pass(update);
  }

  /** The buffer for the first reader is empty and not needed any more. */
  #release(): void {
    this.#held?.forget();
    this.#held = undefined;
  }
}
