import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** The subscription that holds the connection open, as it is lazy by default. */
const IDLE = 'idle';

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'graphql-ws',
  server: 'graphql-server',
  notes:
    'keepAlive 10 s, and shouldRetry also for errors (both off by default); a request is a query by iterate(); ' +
    'one subscription keeps it connected',
  lacks: {},
  create(setting) {
    const client = createClient({
      url: `ws://${setting.host}/graphql`,
      webSocketImpl: WebSocket,
      ...(!setting.isDefault && { keepAlive: 10_000, shouldRetry: () => true }),
      connectionParams: setting.isGuarded ? { token: 'token' } : undefined,
    });
    const echo = (text) =>
      client.iterate({ query: 'query ($text: String!) { echo(text: $text) }', variables: { text } });
    const topic = (name) => ({ query: 'subscription ($name: String!) { topic(name: $name) }', variables: { name } });
    const subscribe = (name, onValue) => {
      const next = ({ data }) => data && onValue(data.topic);
      client.subscribe(topic(name), { next, error: () => {}, complete: () => {} });
    };
    return {
      open() {
        subscribe(IDLE, () => {});
        return new Promise((resolve) => client.on('connected', resolve));
      },
      close: () => client.dispose(),
      async request(text) {
        const { value, done } = await echo(text).next();
        if (done) throw new Error('ended without an answer');
        if (value.errors) throw new Error(value.errors[0].message);
        return value.data;
      },
      fire: (text) => echo(text).next(),
      subscribe,
      async consume(name, onValue) {
        for await (const { data } of client.iterate(topic(name))) await onValue(data.topic);
      },
    };
  },
};
