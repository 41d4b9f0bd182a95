import type { OpenSocket, Runtime, Socket, SocketEvents, SocketRequest } from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';

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
  readonly clock: VirtualClock;
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

  constructor(clock = new VirtualClock()) {
    this.clock = clock;
  }

  get last(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  get open(): readonly FakeSocket[] {
    return this.sockets.filter(({ state }) => state !== 'closed');
  }

  later(action: () => void): void {
    this.clock.setArrival(action, this.latency);
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
