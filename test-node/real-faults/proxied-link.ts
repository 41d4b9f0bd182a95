import type { Socket } from 'node:net';
import type { Direction } from 'hpx-transport-ws/testing';
import { type LineConditions, ProxyPipe } from './proxy-pipe.js';

/** How a cut shows at both ends: as an orderly end of the stream, or as a reset. */
export type CutStyle = 'end' | 'reset';

/** One proxied TCP connection, with the faults of the line between its two ends. */
export class ProxiedLink {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #toServer: ProxyPipe;
  readonly #toClient: ProxyPipe;
  #isOpen = true;

  /** @param onGone - both ends are closed */
  constructor(client: Socket, server: Socket, conditions: LineConditions, onGone: (link: ProxiedLink) => void) {
    this.#client = client;
    this.#server = server;
    const ended = () => {
      if (this.#toServer.ended && this.#toClient.ended) this.#end((socket) => socket.destroySoon());
    };
    this.#toServer = new ProxyPipe(client, server, conditions, ended);
    this.#toClient = new ProxyPipe(server, client, conditions, ended);
    client.on('error', () => this.#broken(this.#toServer));
    server.on('error', () => this.#broken(this.#toClient));
    for (const socket of [client, server]) {
      socket.on('close', () => {
        if (client.closed && server.closed) onGone(this);
      });
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when the client has let go of its end, whatever the server still believes. */
  async untilClientGone(): Promise<void> {
    if (this.#client.closed || this.#client.readableEnded) return;
    await new Promise((resolve) => this.#client.once('end', resolve).once('close', resolve));
  }

  /** Bytes that went through in that direction. */
  passed(direction: 'to-server' | 'to-client'): number {
    return (direction === 'to-server' ? this.#toServer : this.#toClient).passed;
  }

  set conditions(conditions: LineConditions) {
    for (const pipe of this.#pipes('both')) pipe.conditions = conditions;
  }

  /** A half-open link: bytes in that direction are lost, and neither end notices. */
  blackHole(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.lose();
  }

  /** Holds back what goes in that direction, until `release()`. */
  stall(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.stall();
  }

  /** Delivers what was held back in one burst. */
  release(direction: Direction = 'both'): void {
    for (const pipe of this.#pipes(direction)) pipe.release();
  }

  /** Cuts the link when so many more bytes have passed in that direction, in the middle of a frame or not. */
  cutAfter(bytes: number, direction: 'to-server' | 'to-client', style: CutStyle = 'end'): void {
    for (const pipe of this.#pipes(direction)) {
      pipe.cutAfter(bytes, () => (style === 'reset' ? this.reset() : this.cut()));
    }
  }

  /** Ends the stream in that direction only; the other direction continues. */
  halfClose(direction: 'to-server' | 'to-client'): void {
    for (const pipe of this.#pipes(direction)) pipe.finish();
  }

  /** Ends the connection at both ends, without a close frame. */
  cut(): void {
    this.#end((socket) => socket.destroy());
  }

  /** Ends it by a TCP reset at both ends. */
  reset(): void {
    this.#end((socket) => socket.resetAndDestroy());
  }

  /** One end was reset, which the other one learns unless the line is dead. */
  #broken(pipe: ProxyPipe): void {
    if (!pipe.isLost) this.reset();
  }

  #end(end: (socket: Socket) => void): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const pipe of this.#pipes('both')) pipe.stop();
    for (const socket of [this.#client, this.#server]) end(socket);
  }

  #pipes(direction: Direction): ProxyPipe[] {
    if (direction === 'both') return [this.#toServer, this.#toClient];
    return [direction === 'to-server' ? this.#toServer : this.#toClient];
  }
}
