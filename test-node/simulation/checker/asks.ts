import { refusedTopics } from './refusals.js';
import type { Rule } from './rule.js';

/** S2: a wanted topic is subscribed once, and an unwanted topic is unsubscribed once. */
const asksOnce: Rule = {
  clause: 'S2',
  start: ({ config, read, signs = false, tolerance }, fail, books) => {
    /** Topics that the live socket was asked for, and when. */
    let asked = new Map<string, number>();
    let frames = new Map<string | number, readonly string[]>();
    const confirmed = new Set<string>();
    /** The id of the frame that asked for a topic: a late answer to an older one means nothing. */
    const askedBy = new Map<string, string | number | undefined>();
    /** Topics that were refused too late, or although the server has them. */
    const passed = new Set<string>();
    /** Whether the socket had no room for frames at the last step: the end of a topic waits for it. */
    let wasFull = false;
    /** When a confirmation came in that cannot be read: calls that wait for one are about to be rejected. */
    let unreadableAt = Number.NaN;
    /** Whether a topic may be ended now, although it is wanted. */
    const mayEnd = (topic: string, at: number) => {
      const since = asked.get(topic);
      const isLate = since !== undefined && at - since >= config.requestTimeout - 1 - tolerance;
      if (books.closing || !books.isWantedFor(topic, tolerance) || (isLate && !confirmed.has(topic))) return true;
      if (passed.has(topic)) return true;
      return at === unreadableAt && !books.isHeld(topic);
    };
    /** Whether the answer for a topic finds the end of the topic on its way: it waits to be signed, or for room. */
    const isTooLate = (topic: string) => {
      const since = asked.get(topic) ?? Infinity;
      return (signs || wasFull) && books.now - since >= config.requestTimeout - 1 - tolerance;
    };
    /** What is being ended by a frame that is being signed: topics that the server had by then, and might be ended. */
    const ends = new Map<number, { readonly held: ReadonlySet<string>; readonly free: ReadonlySet<string> }>();
    return {
      preparing: ({ at, kind, signature, topics }) => {
        if (kind !== 'subscribe' && kind !== 'unsubscribe') return;
        // One at a time: what did not leave is given up, and counts as ended, or is signed once more.
        const before = [...ends.values()];
        for (const { held } of before) for (const topic of held) asked.delete(topic);
        ends.clear();
        if (kind === 'unsubscribe') {
          const wasHeld = (topic: string) => before.some(({ held }) => held.has(topic));
          const wasFree = (topic: string) => before.some(({ free }) => free.has(topic));
          ends.set(signature, {
            held: new Set(topics.filter((topic) => asked.has(topic) || wasHeld(topic))),
            free: new Set(topics.filter((topic) => mayEnd(topic, at) || wasFree(topic))),
          });
        }
      },
      dial: () => {
        ends.clear();
        asked = new Map();
        frames = new Map();
        confirmed.clear();
        passed.clear();
      },
      out: ({ text, at }) => {
        const { kind, topics = [], id, signature = 0 } = read(text);
        if (kind === 'subscribe') {
          if (id !== undefined) frames.set(id, topics);
          for (const topic of topics) {
            if (asked.has(topic) && !books.isDoubtful(topic)) fail(`${topic} was asked for twice`);
            if (!books.isWanted(topic)) fail(`${topic} was asked for, and nobody wants it`);
            asked.set(topic, at);
            askedBy.set(topic, id);
            confirmed.delete(topic);
            passed.delete(topic);
          }
        } else if (kind === 'unsubscribe') {
          for (const topic of topics) {
            if (!asked.has(topic) && !ends.get(signature)?.held.has(topic) && !passed.has(topic))
              fail(`${topic} was ended, and it was not asked for`);
            else if (!mayEnd(topic, at) && !ends.get(signature)?.free.has(topic))
              fail(`${topic} was ended, and it is wanted`);
            asked.delete(topic);
            confirmed.delete(topic);
            passed.delete(topic);
          }
          ends.delete(signature);
        }
      },
      step: ({ buffered }) => {
        wasFull = buffered !== undefined;
      },
      handed: ({ text }) => {
        const facts = read(text);
        const { kind, topics = [], id } = facts;
        if (kind === 'unreadable') unreadableAt = books.now;
        // Before the server has read the end of a topic, its session goes on with what was ended.
        if (kind === 'resumption')
          for (const topic of topics) if (!books.isEnding(topic)) asked.set(topic, asked.get(topic) ?? books.now);
        const refused = refusedTopics(facts, frames, books);
        for (const topic of refused) {
          if (id !== undefined && id !== askedBy.get(topic)) continue;
          // What the session goes on with is ended if the server refuses to begin it.
          if (isTooLate(topic) || books.resumed.has(topic)) passed.add(topic);
          if (!books.isDoubtful(topic)) asked.delete(topic);
          confirmed.delete(topic);
        }
        if (kind !== 'subscribe') return;
        for (const topic of topics) {
          const isAboutLast = id === undefined ? !books.isAsking(topic) : id === askedBy.get(topic);
          if (asked.has(topic) && isAboutLast && !isTooLate(topic)) confirmed.add(topic);
        }
      },
    };
  },
};

export const askRules: readonly Rule[] = [asksOnce];
