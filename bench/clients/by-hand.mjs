/**
 * What an application writes around a client that reconnects and leaves messages alone: `JSON.parse`, a Map of listeners,
 * a Map of requests.
 * @param {{ send(text: string): void, close(): void, addEventListener(type: string, listener: Function): void }} socket
 */
export async function byHand(socket) {
  const listeners = new Map();
  const waiting = new Map();
  let nextId = 0;
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.topic !== undefined) {
      listeners.get(frame.topic)?.(frame.data);
    } else {
      waiting.get(frame.req_id)?.(frame.data);
      waiting.delete(frame.req_id);
    }
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));

  function request(payload) {
    const req_id = String(++nextId);
    return new Promise((resolve) => {
      waiting.set(req_id, resolve);
      socket.send(JSON.stringify({ ...payload, req_id }));
    });
  }
  return {
    subscribe: (topics, listener) => {
      for (const topic of topics) listeners.set(topic, listener);
      return request({ op: 'subscribe', args: topics });
    },
    request: (value) => request({ op: 'echo', args: value }),
    close: () => socket.close(),
  };
}
