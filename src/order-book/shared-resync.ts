import type { Channel } from '../channel/channel.js';
import type { Topic } from '../identifiers.js';
import type { Message } from '../protocol/message.js';

/** The resyncs that a message led to, by topic. All channels of a topic get the same message. */
const resyncs = new WeakMap<Message, Map<Topic, Promise<void>>>();

/** Resyncs the topic of a channel, once for all books that find the same message wrong. */
export function resyncOnce(channel: Channel, message: Message): Promise<void> {
  let byTopic = resyncs.get(message);
  if (!byTopic) {
    byTopic = new Map();
    resyncs.set(message, byTopic);
  }
  let resync = byTopic.get(channel.topic);
  if (!resync) {
    resync = channel.resync();
    byTopic.set(channel.topic, resync);
  }
  return resync;
}
