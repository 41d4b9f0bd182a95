import { linkOptions } from '../lib/link-options.mjs';
import { loadOurs } from '../lib/ours.mjs';

/**
 * Our built package. `reader` is the reader of the updates: a listener, `latest` (a listener at 60 Hz), `none`, `gone` (a
 * listener that was removed), or `later`: each round subscribes anew, and the listener comes when the round is over. With
 * `each`, every topic has its own call.
 * @param {string} url
 * @param {{ reader?: 'listener' | 'latest' | 'none' | 'gone' | 'later', each?: boolean, link?: string }} options
 */
export async function open(url, { reader = 'listener', each = false, link } = {}) {
  const { GenericJsonHandler, WebSocketClient } = await loadOurs();
  const config = { url, maxPendingRequests: 20_000, nodeOptions: linkOptions(link) };
  const client = await WebSocketClient.connect(config, new GenericJsonHandler());
  // The client catches what a listener throws.
  client.on('error', (error) => queueMicrotask(() => Promise.reject(error)));
  const later = { topics: [], channels: [], listener: undefined };
  return {
    client,
    subscribe: async (topics, listener, { isMarker = false } = {}) => {
      const kind = isMarker ? 'listener' : reader;
      if (kind === 'later') return Object.assign(later, { topics, listener });
      const options = kind === 'latest' ? { overflow: 'latest' } : {};
      const channels = await (each
        ? Promise.all(topics.map((topic) => client.subscribe(topic, options)))
        : client.subscribeMany(topics, options));
      for (const channel of channels) {
        if (kind !== 'none') channel.on('message', listener);
        if (kind === 'gone') channel.off('message', listener);
      }
    },
    /** Before a round. */
    prepare: async () => {
      if (reader !== 'later') return;
      later.channels = await client.subscribeMany(later.topics);
    },
    /** After a round: what was held is read, and gone. */
    finish: async () => {
      if (reader !== 'later') return;
      for (const channel of later.channels) channel.on('message', later.listener);
      await client.request({ op: 'echo' });
      await Promise.all(later.channels.map((channel) => channel.unsubscribe()));
    },
    request: (value) => client.request({ op: 'echo', args: value }),
    /** A request that is never answered. */
    forget: (value) => client.request({ op: 'forget', args: value }, { timeout: 3_600_000 }),
    close: () => client.close(),
  };
}
