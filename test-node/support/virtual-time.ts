import type { Clock, OpenSocket, Runtime, Socket, SocketEvents, SocketRequest } from 'hpx-transport-ws';

interface VirtualTimer {
  readonly due: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** A clock that stands still until a test moves it: hours pass in no time, and always in the same order. */
export class VirtualTime implements Clock {
  /** A binary heap, by due time and then by age. */
  readonly #heap: VirtualTimer[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return 1_700_000_000_000 + this.#now;
  }

  setTimer(callback: () => void, delay: number): VirtualTimer {
    const timer = { due: this.#now + Math.max(0, delay), order: this.#order++, callback };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  clearTimer(timer: unknown): void {
    (timer as VirtualTimer).callback = undefined;
  }

  /** Timers that will still fire. */
  get pending(): number {
    return this.#heap.filter(({ callback }) => callback).length;
  }

  /** Moves on, timer by timer; promises get their turn between two moments. */
  async advance(duration: number): Promise<void> {
    const end = this.#now + duration;
    await settle();
    for (let first = this.#heap[0]; first && first.due <= end; first = this.#heap[0]) {
      this.#now = Math.max(this.#now, first.due);
      for (let next = this.#heap[0]; next && next.due <= this.#now; next = this.#heap[0]) {
        this.#pop();
        next.callback?.();
      }
      // A turn of the event loop for each of a hundred thousand moments takes too long; this is enough for any chain of awaits.
      for (let turn = 0; turn < 12; turn++) await undefined;
    }
    await settle();
    this.#now = end;
  }

  /** Moves on without letting any timer fire in time: a host that slept, or was blocked. */
  async skip(duration: number): Promise<void> {
    this.#now += duration;
    await this.advance(0);
  }

  #pop(): void {
    const last = this.#heap.pop() as VirtualTimer;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, index)) return;
      this.#swap(child, index);
      index = child;
    }
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #before(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (!first || !second) return false;
    return first.due < second.due || (first.due === second.due && first.order < second.order);
  }

  #swap(a: number, b: number): void {
    const heap = this.#heap;
    [heap[a], heap[b]] = [heap[b] as VirtualTimer, heap[a] as VirtualTimer];
  }
}

/** Lets every promise that can go on do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  readonly request: SocketRequest;
  readonly openedAt: number;
  readonly sent: (string | Uint8Array)[] = [];
  state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  bufferedAmount = 0;
  pings = 0;
  paused = false;
  /** Left out where the platform has none. */
  ping?: () => void;
  readonly #events: SocketEvents;
  readonly #network: FakeNetwork;

  constructor(network: FakeNetwork, request: SocketRequest, events: SocketEvents) {
    this.#network = network;
    this.request = request;
    this.#events = events;
    this.openedAt = network.clock.now();
    if (network.hasPing) {
      this.ping = () => {
        this.pings++;
        if (!network.isMute && this.state === 'open') network.later(() => this.#events.onPong());
      };
    }
  }

  // ——— The server's side ———

  accept(): void {
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.#events.onOpen();
  }

  say(frame: object | string): void {
    if (this.state === 'open') this.#events.onMessage(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Ends it from outside: by default without a close frame. */
  drop(code = 1006, reason = ''): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#events.onClose({ code, reason, wasClean: code !== 1006 });
  }

  refuse(status?: number, retryAfter?: number): void {
    this.#events.onError({
      ...(status !== undefined && { status }),
      ...(retryAfter !== undefined && { retryAfter }),
      cause: new Error('refused'),
    });
    this.drop();
  }

  // ——— The client's side ———

  send(data: string | Uint8Array): void {
    if (this.state !== 'open') throw new Error('not open');
    this.sent.push(data);
    this.#network.onFrame?.(this, String(data));
  }

  close(code = 1005, reason = ''): void {
    if (this.state === 'closed' || this.state === 'closing') return;
    this.state = 'closing';
    if (!this.#network.isMute) this.#network.later(() => this.drop(code, reason));
  }

  terminate(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#network.later(() => this.#events.onClose({ code: 1006, reason: '', wasClean: false }));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

/** Opens fake sockets and keeps them; what becomes of each is the test's to say. */
export class FakeNetwork {
  readonly clock: VirtualTime;
  readonly sockets: FakeSocket[] = [];
  /** Whether sockets offer WebSocket pings. */
  hasPing = true;
  /** Takes everything and answers nothing: a half-open link. */
  isMute = false;
  /** Milliseconds for one way. */
  latency = 1;
  /** What happens to a new socket; by default it is accepted. */
  onDial: (socket: FakeSocket) => void = (socket) => this.later(() => socket.accept());
  /** What happens to a frame of the client; by default nothing answers. */
  onFrame: ((socket: FakeSocket, text: string) => void) | undefined;
  readonly openSocket: OpenSocket = (request, events) => {
    const socket = new FakeSocket(this, request, events);
    this.sockets.push(socket);
    this.onDial(socket);
    return socket;
  };

  constructor(clock = new VirtualTime()) {
    this.clock = clock;
  }

  get last(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  get open(): readonly FakeSocket[] {
    return this.sockets.filter(({ state }) => state !== 'closed');
  }

  later(action: () => void): void {
    this.clock.setTimer(action, this.latency);
  }

  runtime(random: () => number = seeded(1)): Runtime {
    return { openSocket: this.openSocket, clock: this.clock, random };
  }
}

/** Numbers in [0, 1), the same for the same seed (mulberry32 by Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The plain JSON dialect that `GenericJsonHandler` speaks, for a fake socket. */
export function answerLikeAnExchange(network: FakeNetwork): void {
  network.onFrame = (socket, text) => {
    const { op, req_id } = JSON.parse(text) as { op?: string; req_id?: string };
    if (op === 'ping') network.later(() => socket.say({ op: 'pong' }));
    else if (req_id !== undefined) network.later(() => socket.say({ op, req_id, success: true, data: { op } }));
  };
}
