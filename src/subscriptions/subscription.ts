import type { RequestId, Topic } from '../identifiers.js';
import type { Sequence } from '../protocol/handler-types.js';
import { Deferred } from '../util/deferred.js';
import type { ResyncRecord } from './resync-record.js';
import type { Subscriber } from './subscriber.js';
import {
  type Operation,
  type SubscriptionEvent,
  type SubscriptionState,
  subscriptionStates,
} from './subscription-states.js';

const NO_SUBSCRIBERS: readonly Subscriber[] = [];
/** What the server has spoken of is not what makes it end connections. */
const ENDS_SUSPICION: ReadonlySet<SubscriptionEvent> = new Set([
  'confirmed',
  'refused',
  'separated',
  'revoked',
  'resumed',
]);

/** One topic at the server, shared by all channels of that topic. */
export class Subscription {
  /** Canonical. */
  readonly topic: Topic;
  /** The topic as the application called it first. */
  readonly name: Topic;
  params: unknown;
  /** The params that the server was given. They may differ from what is wanted now. */
  sentParams: unknown;
  /** Without a subscriber the topic is ended. Replaced, never changed, so that listeners may join and leave. */
  subscribers: readonly Subscriber[] = NO_SUBSCRIBERS;
  /** The name that the server, or the handler, gave the topic on this connection. */
  alias: RequestId | undefined;
  /** The alias before it was ended: an update with this name may still come of what was ended. */
  formerAlias: RequestId | undefined;
  /** The id of the unanswered frame that asks for the topic. */
  requestId: RequestId | undefined;
  /** Whether a frame that asks for the topic was written on this connection; `Waits` sets it. */
  isWritten = false;
  /** The handler's `groupKey`: only topics with the same key share a frame. */
  groupKey: string | undefined;
  /** Topics with the same group share a frame with nobody else: part of a frame that was refused as a whole. */
  group: object | undefined;
  /** How often in a row the server refused the topic for now. */
  refusals = 0;
  /** Whether the topic was refused for now and waits for its next try; `Refusals` writes it. */
  isPostponed = false;
  /** How many connections in a row the server ended before it answered for the topic; `Suspects` writes it. */
  unansweredEnds = 0;
  /** For a suspect: with how many others, itself included, it may be asked for; else 0. `Suspects` writes it. */
  suspectedIn = 0;
  /** How many connections ended while the server was asked for this suspect alone; `Suspects` writes it. */
  convictions = 0;
  /** Its resyncs, once there was one; for `Resyncs` alone. */
  resyncs: ResyncRecord | undefined;
  /**
   * Whether the server goes on with the topic of the last connection, and a frame that asks for the topic anew is on its way.
   * Until the server answers that frame, its words about the topic may mean the old subscription or the new one.
   */
  isDoubled = false;
  /** Counts the frames that asked for the topic. */
  asks = 0;
  /** The value of `asks` when the last update came; `Delivery` writes it. */
  deliveredIn = 0;
  /**
   * Where the topic waits: in `line`, to be compared with what the server knows, or `aside`, to be asked for after all others.
   * For `ChangedTopics` and `Suspects`.
   */
  waits: 'line' | 'aside' | undefined;
  /** The number of the last update, where the protocol numbers updates. */
  sequence: Sequence['current'] | undefined;
  lastUpdateAt = 0;
  /** The number of the last update on the connection before this one. A resumed session goes on from that number. */
  #earlier: Sequence['current'] | undefined;
  #state: SubscriptionState = 'idle';
  #released: Deferred<void> | undefined;

  constructor(topic: Topic, name: Topic, params: unknown) {
    this.topic = topic;
    this.name = name;
    this.params = params;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  get isWanted(): boolean {
    return this.subscribers.length > 0;
  }

  /** Whether updates of the topic may have come before now. */
  get isRunning(): boolean {
    return this.#state === 'subscribed' || this.#state === 'stale' || this.hasDelivered;
  }

  /** Whether an update has come since the topic was last asked for. */
  get hasDelivered(): boolean {
    return this.asks > 0 && this.deliveredIn === this.asks;
  }

  /** Whether the topic may be what makes the server end connections. */
  get isSuspect(): boolean {
    return this.suspectedIn > 0;
  }

  /** Whether one frame may ask for both topics. */
  fitsWith({ group, groupKey }: Subscription): boolean {
    return group === this.group && groupKey === this.groupKey;
  }

  /** Whether the topic is wanted with other params than the server was given. */
  get isOutdated(): boolean {
    return this.isWanted && this.params !== this.sentParams;
  }

  /** Whether an unsubscribe frame can name the topic. */
  canBeEnded(serverChoosesTopics: boolean | undefined): boolean {
    return !serverChoosesTopics || subscriptionStates[this.#state].isNamed;
  }

  /** What has to be sent so that the server knows what is wanted. */
  operation(serverChoosesTopics: boolean | undefined): Operation | undefined {
    const { whenWanted, whenUnwanted } = subscriptionStates[this.#state];
    const operation = this.isWanted ? whenWanted : whenUnwanted;
    return operation === 'unsubscribe' && !this.canBeEnded(serverChoosesTopics) ? undefined : operation;
  }

  /** Carries out an event of the table; false where the table does not list it. For the store alone. */
  happen(event: SubscriptionEvent): boolean {
    const next = subscriptionStates[this.#state].on[event];
    if (next === undefined) return false;
    this.#state = next;
    if (event === 'asked') this.asks++;
    if (event === 'confirmed') {
      this.refusals = 0;
      this.#earlier = undefined;
    }
    if (event === 'confirmed' || event === 'refused' || event === 'lost') this.group = undefined;
    if (ENDS_SUSPICION.has(event)) {
      this.suspectedIn = 0;
      this.acquit();
    }
    if (next !== 'subscribing') {
      this.requestId = undefined;
      this.isDoubled = false;
    }
    // An update of a lost connection may still be handed out: it follows the one before it.
    if (next === 'idle' && event !== 'lost') this.sequence = undefined;
    if (next === 'idle' || next === 'stale') this.isWritten = false;
    return true;
  }

  /** A new connection is open: it counts anew, unless the session goes on. */
  countAnew(): void {
    this.#earlier = this.sequence ?? this.#earlier;
    this.sequence = undefined;
  }

  /** The session of the last connection goes on, and with it the numbers of the updates. */
  countOn(): void {
    this.sequence ??= this.#earlier;
  }

  /** The server spoke of the topic, be it late: connections that ended before prove nothing. */
  acquit(): void {
    this.unansweredEnds = this.convictions = 0;
  }

  /** Resolves at the next `release()`. */
  whenReleased(): Promise<void> {
    this.#released ??= new Deferred();
    return this.#released.promise;
  }

  /** The server knows nothing of the topic any more, or the topic is wanted again. */
  release(): void {
    this.#released?.resolve();
    this.#released = undefined;
  }
}
