import { WebSocketServer } from 'ws';
import { ProtocolServer } from './protocol-server.mjs';

/** A protocol of JSON frames, over ws: a subclass says what to do with each. */
export class FrameServer extends ProtocolServer {
  #wss = new WebSocketServer({ server: this.http });

  start() {
    this.#wss.on('connection', (socket) => {
      this.onConnection(socket);
      socket.on('message', (data) => this.onText(socket, String(data)));
      socket.on('close', () => this.sawEnd(socket));
      socket.on('error', () => {});
    });
  }

  /** @param {string} topic @param {number} value */
  publish(topic, value) {
    for (const socket of this.subscribersOf(topic)) this.send(socket, this.update(topic, value, socket));
  }

  /** @param {object} socket @param {unknown} frame */
  send(socket, frame) {
    if (socket instanceof Object && 'send' in socket && typeof socket.send === 'function') {
      socket.send(JSON.stringify(frame));
    }
  }

  /** Where a connection is usable from the start, this is it. @param {import('ws').WebSocket} _socket */
  onConnection(_socket) {
    this.sawSession();
  }

  /** @param {import('ws').WebSocket} socket @param {string} text */
  onText(socket, text) {
    this.onFrame(socket, JSON.parse(text));
  }

  /** @param {import('ws').WebSocket} _socket @param {any} _frame */
  onFrame(_socket, _frame) {
    throw new Error('A server reads its frames.');
  }

  /** @param {string} _topic @param {number} _value @param {object} _socket @returns {unknown} the frame of an update */
  update(_topic, _value, _socket) {
    throw new Error('A server builds its updates.');
  }
}
