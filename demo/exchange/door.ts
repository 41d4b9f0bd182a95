import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Exchange, Request } from './exchange.js';
import { type FaultName, Faults } from './faults.js';
import { Session } from './session.js';

/** Milliseconds. New connections are refused for this time after an order that was dropped. */
const OUTAGE = 300;
/** Milliseconds from a login to the end of the connection while the connections flap. */
const FLAP = 600;
/** Milliseconds. After a maintenance, the exchange is back a little earlier than it promised. */
const MARGIN = 100;

/** A way into the exchange: its sessions, and what is broken for them. The bot and the page have a door each. */
export class Door {
  readonly faults = new Faults();
  readonly #exchange: Exchange;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #sessions = new Set<Session>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Takes a client that wants to upgrade its HTTP connection. */
  enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.faults.isOn('refuse') || this.faults.isOn('maintenance')) return refuse(socket, 503);
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#accept(opened));
  }

  /** Breaks something. @param length - milliseconds; by default the usual length of the fault */
  break(name: FaultName, length?: number): void {
    const lasts = this.faults.start(name, length);
    switch (name) {
      case 'mute':
        return this.#mute(lasts);
      case 'maintenance':
        for (const session of this.#sessions) session.close(1012, `maintenance, back in ${lasts + MARGIN} ms`);
        return;
      case 'drop':
      case 'refuse':
      case 'flap':
      case 'login':
        return this.#cutAll();
      case 'drop-order':
      case 'slow':
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#cutAll();
    this.#sockets.close();
  }

  #accept(socket: WebSocket): void {
    const session = new Session(socket, this.faults, (text) => this.#receive(session, text));
    this.#sessions.add(session);
    socket.on('close', () => {
      this.#sessions.delete(session);
      this.#exchange.leave(session);
    });
  }

  #receive(session: Session, text: string): void {
    const request = parse(text);
    if (request.method === 'ping') return session.send('{"method":"pong"}');
    const isLogin = request.method === 'auth';
    const answer =
      isLogin && this.faults.isOn('login')
        ? this.#exchange.refuseLogin(request)
        : this.#exchange.answer(session, request);
    if (request.method === 'order.place' && this.faults.isOn('drop-order')) return this.#dropOrder();
    session.send(JSON.stringify(answer));
    if (request.method === 'subscribe') this.#exchange.greet(session, request);
    if (isLogin && this.faults.isOn('flap')) this.#after(FLAP, () => session.cut());
  }

  /** The worst moment for a lost connection: the order is executed, and the client does not know it. */
  #dropOrder(): void {
    this.faults.end('drop-order');
    this.faults.start('refuse', OUTAGE);
    this.#cutAll();
  }

  #mute(length: number): void {
    const muted = [...this.#sessions];
    for (const session of muted) session.mute();
    // A client that has left a mute connection cannot tell so.
    this.#after(length, () => {
      for (const session of muted) session.cut();
    });
  }

  #cutAll(): void {
    for (const session of this.#sessions) session.cut();
  }

  #after(delay: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delay);
    this.#timers.add(timer);
  }
}

/** Answers a client that must not upgrade its HTTP connection. */
export function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {}); // the client may be gone
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function parse(text: string): Request {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
