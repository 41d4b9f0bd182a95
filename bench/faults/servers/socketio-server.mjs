import { Server } from 'socket.io';
import { ProtocolServer } from './protocol-server.mjs';

/** socket.io's own server. */
export class SocketIoServer extends ProtocolServer {
  #io = new Server(this.http);

  start() {
    this.#io.use((_socket, next) => {
      const outcome = this.sawAuthentication();
      if (outcome !== 'silent') next(outcome === 'refuse' ? new Error('unauthorized') : undefined);
    });
    this.#io.on('connection', (socket) => {
      this.sawSession();
      socket.on('request', (text, answer) => {
        if (this.sawRequest(text)) answer(text);
      });
    });
  }

  publish(topic, value) {
    this.#io.emit(topic, value);
  }
}
