import ReconnectingWebSocket from 'reconnecting-websocket';
import WebSocket from 'ws';
import { oneByOne } from './client.mjs';

/** The client draws its default once for all clients of a process. The clients of a fleet have a process each. */
const drawn = () => ({ minReconnectionDelay: 1_000 + Math.random() * 4_000 });

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'reconnecting-websocket',
  server: 'plain-server',
  notes: 'defaults; it has no heartbeat that could be switched on',
  lacks: { requests: 'no requests', subscriptions: 'no subscriptions', authentication: 'no authentication' },
  create(setting) {
    let socket;
    return {
      open() {
        socket = new ReconnectingWebSocket(`ws://${setting.host}/`, [], { WebSocket, ...(setting.fleet && drawn()) });
        socket.addEventListener('error', () => {});
        return new Promise((resolve) => socket.addEventListener('open', resolve));
      },
      close: () => socket.close(),
      consume(_topic, onValue) {
        const read = oneByOne(onValue);
        socket.addEventListener('message', ({ data }) => read(JSON.parse(data)));
      },
    };
  },
};
