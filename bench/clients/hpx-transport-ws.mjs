import { loadOurs } from '../lib/ours.mjs';

/**
 * Our built package. `reader` is the reader of the updates: a listener, `latest` (a listener at 60 Hz), `none`, or `gone`
 * (a listener that was removed). With `each`, every topic has its own call.
 * @param {string} url
 * @param {{ reader?: 'listener' | 'latest' | 'none' | 'gone', each?: boolean }} options
 */
export async function open(url, { reader = 'listener', each = false } = {}) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const client = await WebSocketClient.connect({ url, maxPendingRequests: 20_000 }, new GenericJsonHandler());
  // The client catches what a listener throws.
  client.on('error', (error) => queueMicrotask(() => Promise.reject(error)));
  return {
    client,
    subscribe: async (topics, listener, { isMarker = false } = {}) => {
      const kind = isMarker ? 'listener' : reader;
      const options = kind === 'latest' ? { overflow: 'latest' } : {};
      const channels = await (each
        ? Promise.all(topics.map((topic) => client.subscribe(topic, options)))
        : client.subscribeMany(topics, options));
      for (const channel of channels) {
        if (kind !== 'none') channel.on('message', listener);
        if (kind === 'gone') channel.off('message', listener);
      }
    },
    request: (value) => client.request({ op: 'echo', args: value }),
    /** A request that is never answered. */
    forget: (value) => client.request({ op: 'forget', args: value }, { timeout: 3_600_000 }),
    close: () => client.close(),
  };
}
