import { Socket } from 'phoenix';
import WebSocket from 'ws';
import { oneByOne } from './client.mjs';

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'phoenix',
  server: 'phoenix-server',
  notes: 'defaults; a request is push() on a channel, a subscription a channel, authentication its join',
  lacks: {},
  create({ host, isGuarded, use }) {
    const socket = new Socket(`ws://${host}/socket`, { transport: WebSocket });
    const lobby = socket.channel('lobby', isGuarded ? { token: 'token' } : {});
    const push = (text, { timeout } = {}) => lobby.push('echo', { text }, timeout);
    const subscribe = (topic, onValue) => {
      const channel = socket.channel(topic);
      channel.on('update', ({ value }) => onValue(value));
      return new Promise((resolve) => channel.join().receive('ok', resolve));
    };
    return {
      open() {
        socket.connect();
        if (use !== 'requests' && use !== 'authentication') return new Promise((resolve) => socket.onOpen(resolve));
        return new Promise((resolve) => lobby.join().receive('ok', resolve));
      },
      close: () => new Promise((resolve) => socket.disconnect(resolve)),
      request(text, options) {
        return new Promise((resolve, reject) => {
          const fail = (reason) => () => reject(new Error(reason));
          const outcome = push(text, options).receive('ok', resolve);
          outcome.receive('error', fail('refused')).receive('timeout', fail('timeout'));
        });
      },
      fire: (text) => push(text),
      subscribe,
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
