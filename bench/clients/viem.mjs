import { createPublicClient, webSocket } from 'viem';

export async function open(url) {
  const { transport, request } = createPublicClient({ transport: webSocket(url, { timeout: 60_000 }) });
  const connection = await transport.getRpcClient();
  return {
    subscribe: (topics, listener) =>
      Promise.all(
        topics.map((address) =>
          transport.subscribe({
            params: ['logs', { address }],
            onData: ({ result }) => listener(result),
            onError: () => {},
          }),
        ),
      ),
    request: (value) => request({ method: 'echo', params: [value] }, { retryCount: 0 }),
    close: () => connection.close(),
  };
}
