import { io } from 'socket.io-client';

/** Subscriptions are the server's affair; here a topic is the name of an event. */
export async function open(url) {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    subscribe: async (topics, listener) => {
      for (const topic of topics) socket.on(topic, listener);
    },
    request: (value) => socket.emitWithAck('echo', value),
    close: () => socket.disconnect(),
  };
}
