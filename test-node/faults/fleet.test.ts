import { GenericJsonHandler, type Socket, type SocketEvents, WebSocketClient, WebSocketConfig } from 'hpx-transport-ws';
import { SeededRandom, VirtualClock } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';
import { atEnd } from '../support/live.js';

const CLIENTS = 10_000;
/** Of the host's time, which a busy one may take. */
const PATIENCE = 300_000;
const REFUSED = new Error('connect ECONNREFUSED');
const DROP = { code: 1006, reason: '', wasClean: false };

/** One server and as many clients with default settings. Sockets are bare: a fleet opens a hundred thousand of them. */
class Fleet {
  readonly clock = new VirtualClock({ turns: 8 });
  readonly clients: WebSocketClient[];
  /** When a client reached the server, by the clock. */
  readonly attempts: number[] = [];
  readonly #connections = new Set<SocketEvents>();
  readonly #opening: SocketEvents[] = [];
  #isDown = false;

  constructor(size: number) {
    const config = new WebSocketConfig({ url: 'ws://venue.test' });
    const handler = new GenericJsonHandler();
    const openSocket = (_request: unknown, events: SocketEvents) => this.#open(events);
    this.clients = Array.from({ length: size }, (_, n) => {
      const random = new SeededRandom(n);
      return new WebSocketClient(config, handler, { openSocket, clock: this.clock, random: () => random.next() });
    });
  }

  async connect(): Promise<void> {
    for (const client of this.clients) void client.connect();
    await this.clock.advance(10_000);
  }

  get ready(): number {
    return this.clients.filter((client) => client.isConnected()).length;
  }

  /** Every connection ends, and for so long every attempt is refused; then all may come back. */
  async outage(duration: number): Promise<void> {
    this.#isDown = true;
    const connections = [...this.#connections];
    this.#connections.clear();
    for (const events of connections) events.onClose(DROP);
    await this.clock.advance(duration);
    this.#isDown = false;
    this.attempts.length = 0;
    for (let seconds = 0; seconds < 60 && this.ready < this.clients.length; seconds++) await this.clock.advance(1_000);
  }

  async close(): Promise<void> {
    const closing = Promise.all(this.clients.map((client) => client.close({ deadline: 0 })));
    await this.clock.advance(1_000);
    await closing;
  }

  /** @throws Error while the server is down, which counts as a failed attempt */
  #open(events: SocketEvents): Socket {
    if (this.#isDown) throw REFUSED;
    this.attempts.push(this.clock.now());
    if (this.#opening.length === 0) this.clock.setArrival(() => this.#accept(), 1);
    this.#opening.push(events);
    const close = () => {
      this.#connections.delete(events);
      events.onClose(DROP);
    };
    return { send: () => {}, close, bufferedAmount: 0 };
  }

  #accept(): void {
    for (const events of this.#opening.splice(0)) {
      this.#connections.add(events);
      events.onOpen();
    }
  }
}

function fullestShare(attempts: readonly number[]): number {
  let fullest = 0;
  for (let first = 0, last = 0; last < attempts.length; last++) {
    while ((attempts[last] as number) - (attempts[first] as number) >= 100) first++;
    fullest = Math.max(fullest, last - first + 1);
  }
  return fullest / CLIENTS;
}

it(
  '10,000 clients spread their attempts after an outage, and every client reconnects [F8, C4, L1]',
  async () => {
    const { stackTraceLimit } = Error;
    atEnd(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });
    Error.stackTraceLimit = 0; // a stack for each of so many failed attempts takes most of the time
    const fleet = new Fleet(CLIENTS);
    await fleet.connect();
    for (const { duration, share } of [
      { duration: 0, share: 0.25 },
      { duration: 5_000, share: 0.05 },
    ]) {
      await fleet.outage(duration);
      expect(fleet.ready).toBe(CLIENTS);
      expect(fleet.attempts).toHaveLength(CLIENTS);
      expect(fullestShare(fleet.attempts)).toBeLessThanOrEqual(share);
      await fleet.clock.advance(10_000);
    }
    await fleet.close();
    expect(fleet.clock.pendingTimers).toBe(0);
  },
  PATIENCE,
);
