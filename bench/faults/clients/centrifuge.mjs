import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';
import { oneByOne } from './client.mjs';

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'centrifuge',
  server: 'centrifugo-server',
  notes: 'defaults; a request is rpc()',
  lacks: {},
  create(setting) {
    const client = new Centrifuge(`ws://${setting.host}/connection/websocket`, {
      websocket: WebSocket,
      token: setting.isGuarded ? 'token' : '',
    });
    client.on('error', () => {});
    const request = (text) => client.rpc('echo', { text });
    const subscribe = (topic, onValue) => {
      const subscription = client.newSubscription(topic);
      subscription.on('publication', ({ data }) => onValue(data));
      subscription.subscribe();
      return subscription.ready();
    };
    return {
      open() {
        client.connect();
        return client.ready();
      },
      close: () => client.disconnect(),
      request,
      fire: request,
      subscribe,
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
