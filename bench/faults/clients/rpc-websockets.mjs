import { Client } from 'rpc-websockets';
import { oneByOne } from './client.mjs';

/** Milliseconds; a call otherwise has no timeout. */
const CALL_TIMEOUT = 10_000;

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'rpc-websockets',
  server: 'rpc-server',
  notes:
    'defaults; a timeout of 10 s per call (off by default); login() on each open, as it is left to the application',
  lacks: {},
  create(setting) {
    const client = new Client(`ws://${setting.host}/`, { autoconnect: false });
    client.on('error', () => {});
    if (setting.isGuarded) client.on('open', () => client.login({ token: 'token' }).catch(() => {}));
    const request = (text, { timeout = CALL_TIMEOUT } = {}) => client.call('echo', [text], timeout);
    const subscribe = (topic, onValue) => {
      client.on(topic, onValue);
      return client.subscribe(topic);
    };
    return {
      open() {
        client.connect();
        return new Promise((resolve) => client.once('open', resolve));
      },
      close: () => client.close(),
      request,
      fire: request,
      subscribe,
      subscribeMany: (topics) => client.subscribe([...topics]),
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
