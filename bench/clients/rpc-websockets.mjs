import { Client } from 'rpc-websockets';

export async function open(url) {
  const client = new Client(url, { autoconnect: false });
  client.on('error', () => {});
  client.connect();
  await new Promise((resolve) => client.once('open', resolve));
  return {
    subscribe: (topics, listener) => {
      for (const topic of topics) client.on(topic, listener);
      return client.subscribe([...topics]);
    },
    request: (value) => client.call('echo', [value]),
    close: () => client.close(),
  };
}
