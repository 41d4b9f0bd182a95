/** An Ethereum node as far as viem's transport uses it: any call echoes its first parameter, or subscribes. */
export default function ethereum() {
  /** The subscription id of each topic. */
  const ids = new Map();
  return {
    update: (topic, data) =>
      JSON.stringify({
        jsonrpc: '2.0',
        method: 'eth_subscription',
        params: { subscription: ids.get(topic), result: data },
      }),
    answer: (text) => {
      const { id, method, params } = JSON.parse(text);
      if (method !== 'eth_subscribe') return JSON.stringify({ jsonrpc: '2.0', id, result: params?.[0] ?? '1' });
      const result = `0x${(ids.size + 1).toString(16)}`;
      ids.set(params[1].address, result);
      return JSON.stringify({ jsonrpc: '2.0', id, result });
    },
  };
}
