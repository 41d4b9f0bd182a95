import { Server } from 'rpc-websockets';
import { ProtocolServer } from './protocol-server.mjs';

/** The server of rpc-websockets. It knows only registered events, so all events of the faults are registered. */
export class RpcServer extends ProtocolServer {
  #rpc = new Server({ server: this.http });

  /** @param {readonly string[]} topics */
  constructor(topics) {
    super();
    for (const topic of topics) this.#rpc.event(topic);
  }

  start() {
    const echo = this.#rpc.register('echo', ([text]) => (this.sawRequest(text) ? text : new Promise(() => {})));
    if (this.isGuarded) echo.protected();
    this.#rpc.setAuth(() => this.#authenticate());
    this.#rpc.on('connection', (socket) => {
      if (!this.isGuarded) this.sawSession();
      socket.on('message', (data) => this.#observe(socket, JSON.parse(String(data))));
      socket.on('close', () => this.sawEnd(socket));
    });
    this.#rpc.on('socket-error', () => {});
  }

  publish(topic, value) {
    this.#rpc.emit(topic, value);
  }

  #authenticate() {
    const outcome = this.sawAuthentication();
    if (outcome === 'silent') return new Promise(() => {});
    if (outcome === 'accept') this.sawSession();
    return outcome === 'accept';
  }

  /** Counts subscriptions. The server of rpc-websockets confirms them. */
  #observe(socket, { method, params }) {
    if (method === 'rpc.on') for (const topic of params) this.sawSubscribe(socket, topic);
    if (method === 'rpc.off') for (const topic of params) this.sawUnsubscribe(socket, topic);
  }
}
