import { io } from 'socket.io-client';
import { oneByOne } from './client.mjs';

/** Milliseconds; an acknowledgement is otherwise waited for without end. */
const ACK_TIMEOUT = 10_000;

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'socket.io-client',
  server: 'socketio-server',
  notes: 'transports: websocket alone; ackTimeout 10 s (off by default); a request is emitWithAck()',
  lacks: { subscriptions: 'no subscriptions; rooms are the server’s' },
  create({ host, isGuarded }) {
    const socket = io(`ws://${host}`, {
      transports: ['websocket'],
      autoConnect: false,
      forceNew: true,
      ackTimeout: ACK_TIMEOUT,
      auth: isGuarded ? { token: 'token' } : {},
    });
    const request = (text, { timeout = ACK_TIMEOUT } = {}) => socket.timeout(timeout).emitWithAck('request', text);
    return {
      open() {
        socket.connect();
        return new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
      },
      close: () => socket.disconnect(),
      request,
      fire: request,
      consume: (topic, onValue) => socket.on(topic, oneByOne(onValue)),
    };
  },
};
