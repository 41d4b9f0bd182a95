import { createConnection, createServer } from 'node:net';
import { Watched } from './watched.mjs';

/** Outside the range that Linux takes ports of outgoing connections from, so that a port can be left and taken again. */
const PORTS = { first: 20_000, count: 10_000 };
/** "Service restart", without a reason: what a load balancer says. */
const CLOSE_FRAME = Buffer.from([0x88, 0x02, 0x03, 0xf4]);

/**
 * Between a client and its server, on TCP: it knows nothing of their protocol, and does all the harm.
 *
 * What becomes of a new connection is `mode`: `pass`; `slam`, the WebSocket opens and is closed at once; `hold`, no byte
 * passes until `release()`; `reset`, it ends at once.
 */
export class FaultProxy extends Watched {
  /** @type {'pass' | 'slam' | 'hold' | 'reset'} */
  mode = 'pass';
  /** Connections that were accepted, ever. */
  accepted = 0;
  /** @type {Set<Link>} */
  #links = new Set();
  /** @type {import('node:net').Server | undefined} */
  #listener;
  #upstream;
  #port = 0;

  /** @param {number} upstream the server's port */
  constructor(upstream) {
    super();
    this.#upstream = upstream;
  }

  get port() {
    return this.#port;
  }

  /** Connections of the client that are open now. */
  get live() {
    return this.#links.size;
  }

  async listen() {
    while (!this.#listener) {
      const port = this.#port || PORTS.first + Math.floor(Math.random() * PORTS.count);
      const listener = createServer((socket) => this.#accept(socket));
      const failure = await new Promise((resolve) => {
        listener.once('error', resolve).listen(port, '127.0.0.1', () => resolve(undefined));
      });
      if (failure) continue;
      this.#listener = listener;
      this.#port = port;
    }
  }

  /** The port is left and every connection cut: from now on connections are refused. */
  async refuse() {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = new Promise((resolve) => listener?.close(resolve));
    this.drop();
    await closed;
  }

  /** Cuts every connection. */
  drop() {
    for (const link of [...this.#links]) link.cut();
  }

  /** Half-open from now on: the sockets stay, and no byte gets through, either way. */
  mute() {
    for (const link of this.#links) link.isMute = true;
  }

  /** Releases the connections that were held. */
  release() {
    this.mode = 'pass';
    for (const link of this.#links) link.release();
  }

  /** @param {import('node:net').Socket} socket */
  #accept(socket) {
    this.accepted++;
    const link = new Link(socket, this.#upstream, this.mode);
    this.#links.add(link);
    socket.once('close', () => {
      this.#links.delete(link);
      this.changed();
    });
    if (this.mode === 'reset') link.cut();
    this.changed();
  }
}

/** One connection of a client, and ours to its server. */
class Link {
  isMute = false;
  #downstream;
  #upstream;
  /** What the client said while it was held. @type {Buffer[] | undefined} */
  #held;
  #isSlammed;

  /**
   * @param {import('node:net').Socket} downstream
   * @param {number} port
   * @param {FaultProxy['mode']} mode
   */
  constructor(downstream, port, mode) {
    this.#held = mode === 'hold' ? [] : undefined;
    this.#isSlammed = mode === 'slam';
    this.#downstream = downstream.setNoDelay(true);
    this.#upstream = createConnection(port, '127.0.0.1').setNoDelay(true);
    downstream.on('data', (data) => this.#forward(data));
    this.#upstream.on('data', (data) => this.#answer(data));
    downstream.on('error', () => {}).on('close', () => this.#upstream.destroy());
    this.#upstream
      .on('error', () => {})
      .on('close', () => {
        if (!this.isMute) downstream.end();
      });
  }

  cut() {
    this.#upstream.destroy();
    this.#downstream.destroy();
  }

  release() {
    for (const data of this.#held?.splice(0) ?? []) this.#upstream.write(data);
    this.#held = undefined;
  }

  /** @param {Buffer} data */
  #forward(data) {
    if (this.isMute) return;
    if (this.#held) this.#held.push(data);
    else if (!this.#upstream.destroyed) this.#upstream.write(data);
  }

  /** @param {Buffer} data */
  #answer(data) {
    if (this.isMute || this.#downstream.destroyed) return;
    const head = this.#isSlammed ? data.indexOf('\r\n\r\n') : -1;
    if (head < 0) {
      this.#downstream.write(data);
      return;
    }
    this.#downstream.end(Buffer.concat([data.subarray(0, head + 4), CLOSE_FRAME]));
    this.#upstream.destroy();
  }
}
