import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

export async function open(url) {
  const client = new Centrifuge(url, { websocket: WebSocket });
  client.connect();
  await client.ready();
  return {
    subscribe: (topics, listener) => {
      const subscriptions = topics.map((topic) => {
        const subscription = client.newSubscription(topic);
        subscription.on('publication', ({ data }) => listener(data));
        subscription.subscribe();
        return subscription;
      });
      return Promise.all(subscriptions.map((subscription) => subscription.ready()));
    },
    request: async (value) => (await client.rpc('echo', value)).data,
    close: () => client.disconnect(),
  };
}
