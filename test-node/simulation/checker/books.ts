import type { ConnectionState, OverflowPolicy, WebSocketConfig } from 'hpx-transport-ws';
import { Preparations } from './preparations.js';
import type { Facts, Watch } from './rule.js';

/** The longest wait, in milliseconds, of a topic that was refused once. */
const FIRST_WAIT = 1_000;

interface BookedSocket {
  readonly number: number;
  readonly dialledAt: number;
  opened: boolean;
  /** `left`: the client asked it to close; `over`: it has closed, or was dropped. */
  state: 'live' | 'left' | 'over';
}

interface BookedChannel {
  readonly number: number;
  readonly topic: string;
  readonly since: number;
  readonly timeout: number;
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  confirmed: boolean;
}

/** What several rules need to know of one client, kept up to date with the history ahead of them. */
export class Books {
  now = 0;
  state: ConnectionState = 'disconnected';
  /** Since when it is in that state. */
  stateSince = 0;
  epoch = 0;
  /** The client was asked to close, or has ended. */
  closing = false;
  /** Until when a planned end may wait; nothing new is asked for meanwhile. */
  leavingUntil: number | undefined;
  paused = false;
  /** When that was last over. */
  resumedAt = Number.NEGATIVE_INFINITY;
  readonly sockets = new Map<number, BookedSocket>();
  /** The newest one. */
  socket: BookedSocket | undefined;
  /** Channels that the application wants. */
  readonly channels = new Map<number, BookedChannel>();
  /** Topics in unsubscribe frames of the live socket, each with the id of the frame, until it is answered. */
  readonly #ending = new Map<string, string | number | undefined>();
  /** How many subscribe frames of the live socket with a topic are unanswered. */
  readonly #asking = new Map<string, number>();
  readonly #doubtful = new Set<string>();
  /** Topics that stood alone in their last frame on the live socket, which is unanswered. */
  readonly #alone = new Map<string, { readonly id: string | number | undefined; readonly isLate: boolean }>();
  /** Topics that no frame can be built for. */
  #unbuildable: readonly string[] = [];
  #unbuildableSince = 0;
  /** When that ended, and until when a topic may wait because of it. */
  readonly #unbuilt = new Map<string, { readonly until: number; readonly waits: number }>();
  readonly #minUptime: number;
  /** Whether the live socket told a failure. */
  #hasFailed = false;
  /** How many connections ended before they answered for a topic that stood alone in its frame. */
  readonly #deaths = new Map<string, number>();
  readonly #read: (text: string) => Facts;
  readonly #confirms: boolean;
  /** Timers fire on multiples of this. */
  #grid = 0;
  #graceUntil = 0;
  #grace = 0;
  /** When the last sleep of the host ended. */
  jumpedAt = Number.NEGATIVE_INFINITY;
  jumps = 0;
  /** Frames that the handler is asked to sign. */
  readonly preparations: Preparations;
  /** Topics of which the live connection was told that the last session goes on. */
  readonly resumed = new Set<string>();
  /** The same of all connections, with the epoch: `topic epoch`. */
  readonly #resumedIn = new Set<string>();

  /** Milliseconds by which this host's timers may be late, because they are throttled, or were just now. */
  get lateness(): number {
    return Math.max(2 * this.#grid, this.now < this.#graceUntil ? this.#grace : 0);
  }

  constructor(read: (text: string) => Facts, { reconnectMinUptime, requestTimeout }: WebSocketConfig, confirms = true) {
    this.#read = read;
    this.#confirms = confirms;
    this.#minUptime = reconnectMinUptime;
    this.preparations = new Preparations(requestTimeout);
  }

  /** What the server says of a topic before it has answered the frame that ended it is about what was ended. */
  isEnding(topic: string): boolean {
    return this.#ending.has(topic);
  }

  /** Whether a subscribe frame with a topic is unanswered: what names no frame was about the oldest one. */
  isAsking(topic: string): boolean {
    return (this.#asking.get(topic) ?? 0) > 0;
  }

  /** Whether nobody can tell what the server refused last: what it was asked for last, or what it was asked for before. */
  isDoubtful(topic: string): boolean {
    return this.#doubtful.has(topic);
  }

  /** The epoch in which a channel is confirmed. Where the session goes on, that may be before the connection is ready. */
  confirmedIn(channel: number): number {
    const isEarly = this.state !== 'ready' && this.resumed.has(this.channels.get(channel)?.topic ?? '');
    return isEarly ? this.epoch + 1 : this.epoch;
  }

  /** Whether a topic went on from the last connection before an epoch. */
  hasGoneOn(topic: string, epoch: number): boolean {
    return this.#resumedIn.has(`${topic} ${epoch}`);
  }

  /** Whether no frame can be built or signed for a topic, or could not until now. */
  isUnbuildable(topic: string): boolean {
    if (this.preparations.failedFor(topic, this.now)) return true;
    return this.#unbuildable.includes(topic) || this.#unbuilt.get(topic)?.until === this.now;
  }

  /** Whether a topic may wait because no frame could be built for it: waits double, and each lasts between its half and its whole. */
  isPostponed(topic: string): boolean {
    return this.isUnbuildable(topic) || this.now <= (this.#unbuilt.get(topic)?.waits ?? -Infinity);
  }

  /** Whether the server ended two stable connections before it answered a frame with this topic alone. */
  isConvicted(topic: string): boolean {
    return (this.#deaths.get(topic) ?? 0) >= 2;
  }

  isWanted(topic: string): boolean {
    for (const channel of this.channels.values()) if (channel.topic === topic) return true;
    return false;
  }

  /** Whether a channel of the topic was confirmed. */
  isHeld(topic: string): boolean {
    for (const channel of this.channels.values()) if (channel.topic === topic && channel.confirmed) return true;
    return false;
  }

  /** The same, without those whose time is up: their promise is about to be rejected. */
  isWantedFor(topic: string, tolerance: number): boolean {
    for (const { topic: own, confirmed, since, timeout } of this.channels.values())
      if (own === topic && (confirmed || this.now < since + timeout - 1 - tolerance)) return true;
    return false;
  }

  readonly watch: Watch = {
    transition: ({ to, at }) => {
      this.state = to;
      this.stateSince = at;
      if (to === 'ready') this.epoch++;
      this.leavingUntil = undefined;
    },
    dial: ({ socket, at }) => {
      this.socket = { number: socket, dialledAt: at, opened: false, state: 'live' };
      this.sockets.set(socket, this.socket);
      this.#ending.clear();
      this.#asking.clear();
      this.#doubtful.clear();
      this.#hasFailed = false;
      this.#alone.clear();
      this.preparations.clear();
      this.resumed.clear();
    },
    preparing: (entry) => this.preparations.begin(entry),
    prepared: ({ signature, failed, at }) => this.preparations.end(signature, failed, at),
    out: ({ text }) => {
      const { kind, topics = [], id } = this.#read(text);
      if (kind === 'unsubscribe') for (const topic of topics) this.#ending.set(topic, id);
      if (kind !== 'subscribe') return;
      for (const topic of topics) this.#asking.set(topic, (this.#asking.get(topic) ?? 0) + 1);
      const isLate = this.now - this.stateSince >= this.#minUptime - 1;
      for (const topic of topics) {
        if (topics.length === 1) this.#alone.set(topic, { id, isLate });
        else this.#alone.delete(topic);
      }
    },
    handed: ({ text }) => {
      const facts = this.#read(text);
      this.#countAnswer(facts);
      const { kind, id, topics = [] } = facts;
      if (kind === 'subscribe' || kind === 'revocation') {
        for (const topic of topics) this.#deaths.delete(topic);
        for (const [topic, frame] of this.#alone) {
          if (!topics.includes(topic) && id !== frame.id) continue;
          this.#deaths.delete(topic);
          this.#alone.delete(topic);
        }
      }
      if (kind === 'resumption')
        for (const topic of topics) {
          this.resumed.add(topic);
          this.#resumedIn.add(`${topic} ${this.state === 'ready' ? this.epoch : this.epoch + 1}`);
        }
      if (kind !== 'unsubscribe') return;
      for (const [topic, endedBy] of this.#ending) if (endedBy === id) this.#ending.delete(topic);
    },
    open: ({ socket }) => {
      const opened = this.sockets.get(socket);
      if (opened?.state === 'live') opened.opened = true;
    },
    'socket-closed': ({ socket }) => {
      if (socket !== this.socket?.number) return;
      // What the client ended itself proves nothing.
      if (this.socket.state === 'live') this.#countDeath();
    },
    'send-failed': ({ socket }) => {
      if (socket === this.socket?.number) this.#hasFailed = true;
    },
    'socket-error': ({ socket }) => {
      if (socket === this.socket?.number) this.#hasFailed = true;
    },
    'close-socket': ({ socket }) => this.#leave(socket, 'left'),
    terminate: ({ socket }) => {
      // A socket that failed and does not tell its end has ended, too.
      if (socket === this.socket?.number && this.#hasFailed) this.#countDeath();
      this.#leave(socket, 'over');
    },
    subscribe: ({ channel, topic, timeout, capacity, overflow, at }) => {
      this.channels.set(channel, { number: channel, topic, since: at, timeout, capacity, overflow, confirmed: false });
    },
    subscribed: ({ channel }) => {
      const booked = this.channels.get(channel);
      if (booked) booked.confirmed = true;
    },
    // The call that is just being made is turned away.
    'hook-failed': ({ topic }) => {
      const newest = [...this.channels.values()].filter((channel) => channel.topic === topic).at(-1);
      if (newest) this.channels.delete(newest.number);
    },
    leave: ({ at, timeout }) => {
      this.leavingUntil = at + timeout;
    },
    close: () => {
      this.closing = true;
    },
    unbuildable: ({ topics, at }) => {
      // The shortest waits until now, and the longest one after them.
      const waits = at + 2 * (at - this.#unbuildableSince) + FIRST_WAIT + this.lateness;
      for (const topic of this.#unbuildable) this.#unbuilt.set(topic, { until: at, waits });
      this.#unbuildable = topics;
      this.#unbuildableSince = at;
    },
    pause: () => {
      this.paused = true;
    },
    jump: ({ at, ms }) => {
      this.jumpedAt = at + ms;
      this.jumps++;
    },
    throttle: ({ grid, at }) => {
      if (grid < this.#grid) {
        this.#grace = Math.max(this.lateness, 2 * this.#grid);
        this.#graceUntil = at + this.#grace;
      }
      this.#grid = grid;
    },
  };

  /** What takes something away is booked after the rules have seen it. */
  readonly watchAfter: Watch = {
    out: ({ text }) => {
      for (const topic of this.#read(text).topics ?? []) this.#doubtful.delete(topic);
    },
    refused: ({ channel }) => void this.channels.delete(channel),
    unsubscribe: ({ channel }) => void this.channels.delete(channel),
    'socket-closed': ({ socket }) => this.#leave(socket, 'over'),
    'channel-closed': ({ channel }) => void this.channels.delete(channel),
    resume: ({ at }) => {
      if (this.paused) this.resumedAt = at;
      this.paused = false;
    },
    ended: () => {
      this.closing = true;
    },
  };

  #countAnswer({ kind, id, topics = [], refused = [] }: Facts): void {
    if (kind !== 'subscribe' && kind !== 'other' && kind !== 'revocation') return;
    const named = refused === 'all' ? [] : refused;
    for (const topic of [...topics, ...named]) {
      if (kind !== 'revocation') this.#asking.set(topic, Math.max(0, (this.#asking.get(topic) ?? 0) - 1));
      if (kind === 'revocation' || !this.isAsking(topic)) this.#doubtful.delete(topic);
      // Where nothing is confirmed nobody can tell whether it means what was ended or what was asked for since. Nor can
      // anybody while a frame asks for a topic with which the last session goes on.
      const isDoubled = this.isAsking(topic) && this.resumed.has(topic);
      if (kind === 'revocation' && (isDoubled || (!this.#confirms && this.isEnding(topic)))) this.#doubtful.add(topic);
    }
    for (const topic of named) if (id === undefined && this.isAsking(topic)) this.#doubtful.add(topic);
  }

  #countDeath(): void {
    // What was asked for before the connection was stable proves nothing.
    for (const [topic, { isLate }] of this.#alone)
      if (isLate) this.#deaths.set(topic, (this.#deaths.get(topic) ?? 0) + 1);
    this.#alone.clear();
  }

  #leave(number: number, state: 'left' | 'over'): void {
    const socket = this.sockets.get(number);
    if (socket && socket.state !== 'over') socket.state = state;
  }
}
