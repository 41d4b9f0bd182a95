/** graphql-transport-ws: each subscription is an operation with an id that the client chooses; a query echoes. */
export default function graphql() {
  /** The operation of each topic. */
  const ids = new Map();
  return {
    subprotocol: 'graphql-transport-ws',
    update: (topic, data) => JSON.stringify({ id: ids.get(topic), type: 'next', payload: { data: { topic: data } } }),
    answer: (text) => {
      const { id, type, payload } = JSON.parse(text);
      if (type === 'connection_init') return JSON.stringify({ type: 'connection_ack' });
      if (type === 'ping') return JSON.stringify({ type: 'pong' });
      if (type !== 'subscribe') return undefined;
      const { name, value } = payload.variables;
      if (name === undefined) {
        return [
          JSON.stringify({ id, type: 'next', payload: { data: { echo: value } } }),
          JSON.stringify({ id, type: 'complete' }),
        ];
      }
      ids.set(name, id);
      return undefined;
    },
  };
}
