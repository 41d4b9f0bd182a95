import type { Topic } from '../../identifiers.js';
import type { Message } from '../../protocol/message.js';
import { isObject } from '../../util/options.js';
import { RecentMap } from '../../util/recent-map.js';
import { asMembers } from '../common/values.js';
import { queryCodec } from '../kit/query-codec.js';

/** The members of an arg, as texts. */
export type Arg = { readonly channel: string } & Readonly<Partial<Record<string, string>>>;

/** An update begins with its arg. An acknowledgement has an arg too, but other members beside it. */
const PUSH = /^\s*\{\s*"arg"\s*:\s*(\{[^{}]*\})\s*,\s*"(?:data|action|eventType|curPage|lastPage)"\s*:/;
/** How many args are remembered by their text: more than a busy client has topics. */
const REMEMBERED = 4_096;

const codec = queryCodec('channel');

/** The topic of an arg. The server adds `uid` to private updates, and never sends `extraParams` back. */
export function topicOf(arg: unknown): Topic | undefined {
  if (!isObject(arg) || typeof arg.channel !== 'string' || arg.channel === '') return undefined;
  const { uid: _, extraParams: __, ...parts } = arg;
  try {
    return codec.format(parts as Arg);
  } catch {
    return undefined;
  }
}

/** The arg that a topic names; undefined if the topic has another form. */
export function argOf(topic: Topic): Arg | undefined {
  return codec.parse(topic);
}

/** Whether every member of an arg is in another one too. */
export function isPartOf(part: Arg, whole: Arg): boolean {
  return Object.entries(part).every(([name, value]) => whole[name] === value);
}

/** Reads the topics of updates by scanning: an arg that came before is found by its text, without being parsed. */
export class ArgReader {
  readonly #topics = new RecentMap<string, Topic>(REMEMBERED);

  /** The topic of an update; undefined for any other message. */
  topicOfPush(message: Message): Topic | undefined {
    const [, text] = PUSH.exec(message.text) ?? [];
    if (text !== undefined) {
      const known = this.#topics.get(text);
      if (known !== undefined) return known;
      const topic = topicOf(parsed(text));
      if (topic !== undefined) {
        this.#topics.remember(text, topic);
        return topic;
      }
    }
    // Another order of members, or a brace inside a text.
    if (message.path('arg.channel') === undefined || message.field('event') !== undefined) return undefined;
    return topicOf(asMembers(message.json).arg);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The topics that were asked for and not ended, so that an arg with more or fewer members finds its topic. */
export class AskedTopics {
  readonly #byChannel = new Map<string, Map<Topic, Arg>>();

  add(topic: Topic, arg: Arg): void {
    const { channel } = arg;
    const topics = this.#byChannel.get(channel);
    if (topics) topics.set(topic, arg);
    else this.#byChannel.set(channel, new Map([[topic, arg]]));
  }

  delete(topic: Topic): void {
    const channel = argOf(topic)?.channel ?? '';
    const topics = this.#byChannel.get(channel);
    if (topics?.delete(topic) && topics.size === 0) this.#byChannel.delete(channel);
  }

  /** All topics of a channel. */
  ofChannel(channel: string): readonly Topic[] {
    return [...(this.#byChannel.get(channel)?.keys() ?? [])];
  }

  /** The topics to which an update belongs: its own, or else those whose arg is a part of its arg. */
  matching(topic: Topic): Topic | readonly Topic[] {
    const mark = topic.indexOf('?');
    const topics = this.#byChannel.get(mark < 0 ? topic : topic.slice(0, mark));
    if (!topics || topics.has(topic)) return topic;
    const arg = argOf(topic);
    const found = [...topics].filter(([, asked]) => arg && isPartOf(asked, arg)).map(([name]) => name);
    return found.length > 0 ? found : topic;
  }
}
