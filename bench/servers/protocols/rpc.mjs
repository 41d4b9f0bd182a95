/** What rpc-websockets speaks: JSON-RPC 2.0 with notifications by event name. */
export default function rpc() {
  return {
    update: (topic, data) => JSON.stringify({ notification: topic, params: [data] }),
    answer: (text) => {
      const { id, method, params } = JSON.parse(text);
      const result = method === 'rpc.on' ? Object.fromEntries(params.map((topic) => [topic, 'ok'])) : params[0];
      return JSON.stringify({ jsonrpc: '2.0', result, id });
    },
  };
}
