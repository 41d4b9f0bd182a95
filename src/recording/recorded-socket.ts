import type { Socket } from '../runtime.js';

/** What a client does with a socket. */
export interface SocketUse {
  /** @param send - hands the frame to the socket, which may throw */
  onSend(data: string | Uint8Array, send: () => void): void;
  onPing(): void;
  /** The client closes the socket, or drops it. */
  onLeave(code?: number, reason?: string): void;
}

/** A socket whose use is recorded. It can do what the socket below can do. */
export class RecordedSocket implements Socket {
  readonly terminate?: () => void;
  readonly ping?: () => void;
  readonly pause?: () => void;
  readonly resume?: () => void;
  readonly #socket: Socket;
  readonly #use: SocketUse;

  constructor(socket: Socket, use: SocketUse) {
    this.#socket = socket;
    this.#use = use;
    // A client asks which of these a socket has.
    if (socket.terminate) {
      this.terminate = () => {
        use.onLeave();
        socket.terminate?.();
      };
    }
    if (socket.ping) {
      this.ping = () => {
        use.onPing();
        socket.ping?.();
      };
    }
    if (socket.pause) this.pause = () => socket.pause?.();
    if (socket.resume) this.resume = () => socket.resume?.();
  }

  send(data: string | Uint8Array): void {
    this.#use.onSend(data, () => this.#socket.send(data));
  }

  close(code?: number, reason?: string): void {
    this.#use.onLeave(code, reason);
    this.#socket.close(code, reason);
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get bytesReceived(): number | undefined {
    return this.#socket.bytesReceived;
  }

  get bytesSent(): number | undefined {
    return this.#socket.bytesSent;
  }

  get isClosing(): boolean | undefined {
    return this.#socket.isClosing;
  }
}
