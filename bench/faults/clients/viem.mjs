import { createPublicClient, webSocket } from 'viem';
import { oneByOne } from './client.mjs';

/** Clients of one URL share their connection. The clients of a fleet have a process each. */
let clients = 0;

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'viem',
  server: 'ethereum-server',
  notes: 'defaults; a request is eth_sendRawTransaction, a subscription eth_subscribe of logs by address',
  lacks: { authentication: 'no authentication' },
  create(setting) {
    const client = createPublicClient({ transport: webSocket(`ws://${setting.host}/?${++clients}`) });
    const request = (text) => client.request({ method: 'eth_sendRawTransaction', params: [text] });
    const subscribe = (address, onValue) => {
      const onData = ({ result }) => onValue(result);
      return client.transport.subscribe({ params: ['logs', { address }], onData, onError: () => {} });
    };
    /** There is no way to close what is not connected yet. */
    let connection;
    return {
      open() {
        connection = client.transport.getRpcClient();
        return connection;
      },
      close: async () => (await connection).close(),
      request,
      fire: request,
      subscribe,
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
