import type { WebSocket } from 'ws';
import { DelayLine } from './delay-line.js';
import type { Faults } from './faults.js';

/** Milliseconds that a frame is late on a slow link, in each direction. */
const SLOWNESS = 350;
/** A client that has left so many bytes unread gets no more quotes until it has caught up. */
const BACKLOG = 4_000_000;

/** One connection of a client. */
export class Session {
  readonly topics = new Set<string>();
  isLoggedIn = false;
  readonly #socket: WebSocket;
  readonly #inbound: DelayLine;
  readonly #outbound: DelayLine;
  #isMute = false;

  constructor(socket: WebSocket, faults: Faults, onText: (text: string) => void) {
    this.#socket = socket;
    const delay = () => (faults.isOn('slow') ? SLOWNESS : 0);
    this.#inbound = new DelayLine(delay);
    this.#outbound = new DelayLine(delay);
    socket.on('message', (data) => this.#inbound.pass(() => onText(String(data))));
    socket.on('error', () => {}); // a 'close' event follows each error
  }

  /** Sends a frame that must not be lost. */
  send(text: string): void {
    if (!this.#isMute) this.#outbound.pass(() => this.#write(text));
  }

  /** Sends a frame that a newer one replaces. */
  offer(text: string): void {
    if (this.#socket.bufferedAmount < BACKLOG) this.send(text);
  }

  /** The connection stays open, and nothing passes any more: a half-open link. */
  mute(): void {
    this.#isMute = true;
    this.#socket.pause();
  }

  get isMute(): boolean {
    return this.#isMute;
  }

  /** Ends the connection with a close frame. */
  close(code: number, reason: string): void {
    this.#stop();
    this.#socket.close(code, reason);
  }

  /** Breaks the connection. */
  cut(): void {
    this.#stop();
    this.#socket.terminate();
  }

  #stop(): void {
    this.#inbound.stop();
    this.#outbound.stop();
  }

  #write(text: string): void {
    const { readyState, OPEN } = this.#socket;
    if (readyState === OPEN) this.#socket.send(text);
  }
}
