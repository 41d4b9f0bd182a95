import { ConnectionClosedError } from '../errors.js';
import type { Clock, Socket, SocketClose, SocketError, SocketEvents } from '../runtime.js';
import * as texts from './texts.js';

/** What a client does with a played socket. */
export interface PlayedSocketListener {
  onSend(data: string | Uint8Array): void;
  /** The client stops reading, or reads again. */
  onPause(isPaused: boolean): void;
  /** The client has let go of the socket. */
  onLeave(socket: PlayedSocket): void;
}

/**
 * - `opening`: the recording has not said yet how the attempt ends.
 * - `open`
 * - `closed`: nothing is reported any more.
 */
type PlayedState = 'opening' | 'open' | 'closed';

/** One socket of a replay. Nothing behind it is real. */
export class PlayedSocket implements Socket {
  readonly bufferedAmount = 0;
  /** Which socket of the recording it plays. Missing while that is not known. */
  number: number | undefined;
  /** When the client dialled, by its clock. */
  readonly dialledAt: number;
  readonly #clock: Clock;
  readonly #events: SocketEvents;
  readonly #listener: PlayedSocketListener;
  #state: PlayedState = 'opening';
  #wasOpen = false;

  constructor(clock: Clock, events: SocketEvents, listener: PlayedSocketListener) {
    this.#clock = clock;
    this.#events = events;
    this.#listener = listener;
    this.dialledAt = clock.now();
  }

  /** Whether the socket opened, however it is now. */
  get wasOpen(): boolean {
    return this.#wasOpen;
  }

  // ——— The client ———

  send(data: string | Uint8Array): void {
    if (this.#state !== 'open') throw new ConnectionClosedError(texts.NOT_OPEN, { delivery: 'unsent' });
    this.#listener.onSend(data);
  }

  close(code = 1005, reason = ''): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listener.onLeave(this);
    this.#clock.setTimer(() => this.#events.onClose({ code, reason, wasClean: true }), 0);
  }

  terminate(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#listener.onLeave(this);
  }

  /** The server of a replay is always there. */
  ping(): void {
    this.#clock.setTimer(() => this.#state === 'open' && this.#events.onPong(), 0);
  }

  pause(): void {
    this.#listener.onPause(true);
  }

  resume(): void {
    this.#listener.onPause(false);
  }

  // ——— The recording ———

  open(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#wasOpen = true;
    this.#events.onOpen();
  }

  message(data: string | Uint8Array): void {
    if (this.#state === 'open') this.#events.onMessage(data);
  }

  pinged(): void {
    if (this.#state === 'open') this.#events.onPing();
  }

  failed(error: SocketError): void {
    if (this.#state !== 'closed') this.#events.onError(error);
  }

  end(close: SocketClose): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#events.onClose(close);
  }
}
