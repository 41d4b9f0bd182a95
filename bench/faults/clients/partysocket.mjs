import ReconnectingWebSocket from 'partysocket/ws';
import WebSocket from 'ws';
import { oneByOne } from './client.mjs';

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'partysocket',
  server: 'plain-server',
  notes: 'defaults; it has no heartbeat that could be switched on',
  lacks: { requests: 'no requests', subscriptions: 'no subscriptions', authentication: 'no authentication' },
  create(setting) {
    let socket;
    return {
      open() {
        socket = new ReconnectingWebSocket(`ws://${setting.host}/`, [], { WebSocket });
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
