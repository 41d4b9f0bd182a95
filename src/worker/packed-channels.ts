import type { Channel } from '../channel/channel.js';
import type { AnyTransportError } from '../errors.js';
import type { PartialSubscription } from '../subscriptions/subscribe-many.js';
import { unpackError } from './packed-errors.js';
import type { ChannelFacts, PackedChannels } from './wire.js';

/** What `subscribeMany()` brought in the worker, with the channels that `open` makes on the page. */
export function unpackChannels<T>(
  packed: PackedChannels,
  open: (facts: ChannelFacts) => Channel<T>,
): Channel<T>[] | PartialSubscription<T> {
  if ('map' in packed) return packed.map(open);
  const errors = packed.errors.map(([topic, error]) => [topic, unpackError(error) as AnyTransportError] as const);
  return { channels: packed.channels.map(open), errors: new Map(errors) };
}
