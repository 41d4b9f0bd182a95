import { FrameServer } from './frame-server.mjs';

/** WebSocket and nothing above it: every client gets every message. */
export class PlainServer extends FrameServer {
  #sockets = new Set();

  onConnection(socket) {
    this.#sockets.add(socket);
    this.sawSession();
    socket.on('close', () => this.#sockets.delete(socket));
  }

  onText() {}

  publish(_topic, value) {
    for (const socket of this.#sockets) this.send(socket, value);
  }
}
