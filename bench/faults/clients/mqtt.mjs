import mqtt from 'mqtt';
import { oneByOne } from './client.mjs';

const QOS = { qos: 1 };

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'mqtt',
  server: 'mqtt-server',
  notes: 'defaults; a request is publish() with QoS 1 and its PUBACK the answer',
  lacks: {},
  create(setting) {
    const client = mqtt.connect(`ws://${setting.host}/mqtt`, {
      manualConnect: true,
      ...(setting.isGuarded && { username: 'name', password: 'password' }),
    });
    client.on('error', () => {});
    const request = (text) => client.publishAsync('orders', text, QOS);
    const subscribe = (topic, onValue) => {
      client.on('message', (name, payload) => {
        if (name === topic) onValue(Number(String(payload)));
      });
      return client.subscribeAsync(topic);
    };
    return {
      open() {
        client.connect();
        return new Promise((resolve) => client.once('connect', resolve));
      },
      close: () => client.endAsync(),
      request,
      fire: request,
      subscribe,
      subscribeMany: (topics) => client.subscribeAsync([...topics]),
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
