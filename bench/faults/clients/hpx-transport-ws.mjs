import { GenericJsonHandler, WebSocketClient } from '../../../dist/node/index.js';

class GuardedHandler extends GenericJsonHandler {
  buildAuthMessage() {
    return JSON.stringify({ op: 'auth', key: 'key' });
  }

  isAuthSuccess(message) {
    return message.field('op') === 'auth' && !this.extractError(message);
  }

  isAuthFailure(message) {
    return message.field('op') === 'auth' && this.extractError(message) ? 'final' : false;
  }
}

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'hpx-transport-ws',
  server: 'json-server',
  notes: 'defaults; GenericJsonHandler',
  lacks: {},
  create(setting) {
    const handler = setting.isGuarded ? new GuardedHandler() : new GenericJsonHandler();
    const client = new WebSocketClient({ url: `ws://${setting.host}/` }, handler);
    const request = (text, options) => client.request({ op: 'echo', text }, options);
    return {
      open: () => client.connect(),
      close: () => client.close(),
      request,
      fire: request,
      async subscribe(topic, onValue) {
        const channel = await client.subscribe(topic);
        channel.on('message', onValue);
      },
      subscribeMany: (topics) => client.subscribeMany(topics),
      async consume(topic, onValue) {
        for await (const value of await client.subscribe(topic)) await onValue(value);
      },
      dropped: () => client.stats().dropped,
    };
  },
};
