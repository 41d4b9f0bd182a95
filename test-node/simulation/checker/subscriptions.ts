import { isSpoiled, refusedTopics } from './refusals.js';
import type { Rule } from './rule.js';

/** S3: at rest the server has the wanted topics, and their channels are confirmed. */
const agreesAtRest: Rule = {
  clause: 'S3',
  start: (_setup, fail, books) => {
    /** The epoch in which each channel was last confirmed. */
    const confirmed = new Map<number, number>();
    return {
      subscribed: ({ channel }) => void confirmed.set(channel, books.confirmedIn(channel)),
      resumed: ({ channel, epoch }) => void confirmed.set(channel, epoch),
      rest: ({ served }) => {
        const wanted = [...new Set([...books.channels.values()].map(({ topic }) => topic))].sort().join(' ');
        const have = [...served].sort().join(' ');
        if (wanted !== have) fail(`at rest the server has [${have}], and wanted is [${wanted}]`);
        for (const { number } of books.channels.values())
          if (confirmed.get(number) !== books.epoch) fail(`at rest channel ${number} is not confirmed`);
      },
      step: ({ subscriptions, state }) => {
        const wanted = new Set([...books.channels.values()].map(({ topic }) => topic)).size;
        if (state !== 'closed' && subscriptions !== wanted)
          fail(`the client counts ${subscriptions} topics, and ${wanted} are wanted`);
      },
    };
  },
};

/** How long a wanted topic may stay unasked on a connection that is ready; pacing and retries included. */
const ASKED_WITHIN = 1_000;

/** S4: what is wanted stays, and is asked for on every connection. */
const survivesDrops: Rule = {
  clause: 'S4',
  start: ({ config, confirms = true, read, tolerance }, fail, books) => {
    /** Topics that this connection was asked for, and when. */
    let asked = new Map<string, number>();
    /** The id of the frame that asked for it. */
    const askedBy = new Map<string, string | number | undefined>();
    /** The epoch in which each channel was last confirmed. */
    const confirmed = new Map<number, number>();
    /** Refused or revoked, when and how often since it was confirmed: asked for again later, also on other connections. */
    const postponed = new Map<string, { at: number; times: number }>();
    /** How many connections in a row ended before they answered for a topic: after two it is asked for last. */
    const unanswered = new Map<string, number>();
    /** Frames of this connection that asked for a topic and are unanswered. */
    let owed = new Map<string, number>();
    let frames = new Map<string | number, readonly string[]>();
    const overflowed = new Set<number>();
    /** When the socket last had no room for subscription frames; between two steps nobody knows. */
    let fullAt = Number.NEGATIVE_INFINITY;
    let wasFull = false;
    /** Topics that the server ended for good: their channels may close. */
    const endedForGood = new Set<string>();
    /** A topic without a frame, or without a signature in time, waits like one that was refused. */
    const postponeUnwritten = (at: number) => {
      for (const { topic } of books.channels.values()) {
        const { at: last, times = 0 } = postponed.get(topic) ?? {};
        if (last !== at && books.isUnbuildable(topic)) postponed.set(topic, { at, times: times + 1 });
      }
    };
    return {
      dial: () => {
        for (const topic of asked.keys()) {
          if (owed.get(topic)) unanswered.set(topic, (unanswered.get(topic) ?? 0) + 1);
        }
        owed = new Map();
        asked = new Map();
        frames = new Map();
      },
      preparing: ({ kind, topics }) => {
        if (kind === 'unsubscribe') for (const topic of topics) asked.delete(topic);
      },
      out: ({ text, at }) => {
        const { kind, topics = [], id } = read(text);
        if (kind === 'subscribe') {
          for (const topic of topics) {
            asked.set(topic, at);
            askedBy.set(topic, id);
            owed.set(topic, (owed.get(topic) ?? 0) + 1);
          }
        }
        if (kind === 'subscribe' && id !== undefined) frames.set(id, topics);
        if (kind === 'unsubscribe') for (const topic of topics) asked.delete(topic);
      },
      handed: ({ text, at }) => {
        const facts = read(text);
        const topics = refusedTopics(facts, frames, books);
        const hadAsked = new Set(asked.keys());
        if (facts.kind === 'resumption')
          for (const topic of facts.topics ?? []) if (!asked.has(topic) && !books.isEnding(topic)) asked.set(topic, at);
        for (const topic of topics) {
          // A late answer to an older frame means nothing.
          if (facts.id === undefined || facts.id === askedBy.get(topic)) {
            if (!books.isDoubtful(topic)) asked.delete(topic);
            if (!isSpoiled(facts, topics)) {
              postponed.set(topic, { at, times: (postponed.get(topic)?.times ?? 0) + 1 });
            }
          }
        }
        // Where nothing is confirmed nobody can tell whether it means what was ended or what was asked for since.
        // Nor can anybody where the server's lists confirm a topic anew before it has answered for the topic's end.
        if (facts.isFinal)
          for (const topic of facts.topics ?? [])
            if (!confirms || topics.includes(topic) || books.isHeld(topic)) endedForGood.add(topic);
        if (facts.kind === 'subscribe' || facts.kind === 'revocation') {
          for (const topic of [...topics, ...(facts.topics ?? [])]) {
            // It means the subscription before, whose end the server has not read.
            if (facts.kind === 'revocation' && books.isEnding(topic)) continue;
            const left = Math.max(0, (owed.get(topic) ?? 0) - 1);
            owed.set(topic, left);
            // What was ended before its answer is still a suspect.
            if (left === 0 && hadAsked.has(topic)) unanswered.delete(topic);
          }
        }
        // The late confirmation of a topic that was revoked since ends no wait.
        if (facts.kind === 'subscribe') {
          for (const topic of facts.topics ?? []) if (asked.has(topic)) postponed.delete(topic);
        }
      },
      prepared: ({ at, failed }) => {
        if (failed) postponeUnwritten(at);
      },
      warning: ({ at, code }) => {
        if (code === 'subscription-retried') postponeUnwritten(at);
      },
      subscribed: ({ channel }) => void confirmed.set(channel, books.confirmedIn(channel)),
      resumed: ({ channel, epoch }) => void confirmed.set(channel, epoch),
      'channel-error': ({ channel, code }) => {
        if (code === 'CAPACITY_EXCEEDED') overflowed.add(channel);
      },
      'channel-closed': ({ channel }) => {
        const booked = books.channels.get(channel);
        if (!booked || books.closing || overflowed.has(channel) || books.state === 'closed') return;
        // Once confirmed, a channel outlives refusals and revocations unless the server says that they are final.
        if (!endedForGood.has(booked.topic) && !books.isConvicted(booked.topic))
          fail(`channel ${channel} was closed, and nobody asked for that`);
      },
      step: ({ state, at, buffered }) => {
        if (buffered !== undefined || wasFull) fullAt = at;
        wasFull = buffered !== undefined;
        if (state !== 'ready' || books.leavingUntil !== undefined) return;
        const patience = ASKED_WITHIN + books.lateness + tolerance;
        // After a sleep its overdue timers come first.
        const busyUntil = books.preparations.busyUntil(at);
        if (at - Math.max(books.stateSince, fullAt, books.jumpedAt, busyUntil) < patience) return;
        for (const { number, topic, since } of books.channels.values()) {
          const askedAt = asked.get(topic);
          const refused = postponed.get(topic);
          const waits = refused && Math.min(300_000, 1_000 * 2 ** refused.times) + patience;
          if (waits && at - refused.at < waits && (askedAt === undefined || books.isDoubtful(topic))) continue;
          if (askedAt !== undefined && confirmed.has(number) && confirmed.get(number) !== books.epoch) {
            // While nothing is read nothing is asked again: an answer may have come.
            if (books.paused || at - Math.max(askedAt, books.resumedAt) <= config.requestTimeout + patience) continue;
            fail(`${topic} was not confirmed on this connection, and not asked for again`);
            confirmed.set(number, books.epoch);
          }
          if (askedAt !== undefined || at - since < patience) continue;
          if ((unanswered.get(topic) ?? 0) > 1 || books.isPostponed(topic)) continue;
          fail(`${topic} is wanted, and was not asked for on this connection`);
          asked.set(topic, at);
        }
      },
    };
  },
};

/** S6: a topic fails for reasons of its own. */
const failsAlone: Rule = {
  clause: 'S6',
  start: ({ config, read, tolerance }, fail, books) => {
    const frames = new Map<string | number, readonly string[]>();
    const refused = new Set<string>();
    /** Topics that this connection was asked for, and when last. */
    const asked = new Map<string, number>();
    const askedBy = new Map<string, string | number | undefined>();
    /** When first: from then on a call waits for its answer. */
    const firstAsked = new Map<string, number>();
    /** When a confirmation came in that cannot be read. */
    let unreadableAt = Number.NaN;
    /** When the live socket took no more frames: later calls wait for another. */
    let failedAt = Infinity;
    return {
      'send-failed': ({ socket, at }) => {
        if (socket === books.socket?.number) failedAt = Math.min(failedAt, at);
      },
      dial: () => {
        failedAt = Infinity;
        asked.clear();
        firstAsked.clear();
      },
      // A call that joins now waits for the frame that asks anew.
      preparing: ({ kind, topics }) => {
        if (kind === 'unsubscribe') for (const topic of topics) asked.delete(topic);
      },
      out: ({ text, at }) => {
        const { kind, topics, id } = read(text);
        if (kind === 'subscribe') {
          for (const topic of topics ?? []) {
            asked.set(topic, at);
            askedBy.set(topic, id);
            if (!firstAsked.has(topic)) firstAsked.set(topic, at);
          }
        }
        if (kind === 'unsubscribe') for (const topic of topics ?? []) asked.delete(topic);
        if (kind === 'subscribe' && topics && id !== undefined) frames.set(id, topics);
      },
      handed: ({ text }) => {
        const facts = read(text);
        const topics = refusedTopics(facts, frames, books);
        if (!isSpoiled(facts, topics)) for (const topic of topics) refused.add(topic);
        // A late answer to an older frame means nothing.
        for (const topic of topics) if (facts.id === undefined || facts.id === askedBy.get(topic)) asked.delete(topic);
        if (facts.kind === 'unreadable') unreadableAt = books.now;
      },
      refused: ({ channel, code, cause, at }) => {
        const booked = books.channels.get(channel);
        if (!booked || books.closing || books.state === 'closed') return;
        if (code === 'CAPACITY_EXCEEDED' && booked.overflow === 'fail') return;
        if (code === 'PROTOCOL_ERROR' && at === unreadableAt) return;
        if (code !== 'SUBSCRIPTION_FAILED') return fail(`channel ${channel} was refused as ${code}`);
        if (cause === 'REQUEST_TIMEOUT') {
          const from = Math.max(booked.since, firstAsked.get(booked.topic) ?? Infinity);
          if (at < from + booked.timeout - 1 - tolerance) fail(`channel ${channel} timed out before its time`);
        } else if (
          !refused.has(booked.topic) &&
          !books.isConvicted(booked.topic) &&
          !books.isUnbuildable(booked.topic)
        ) {
          fail(`channel ${channel} was refused, and the server did not refuse ${booked.topic}`);
        }
      },
      step: ({ at }) => {
        if (books.state !== 'ready') return;
        for (const { number, since, timeout, confirmed, topic } of books.channels.values()) {
          const askedAt = asked.get(topic);
          if (confirmed || askedAt === undefined || since >= failedAt) continue;
          // The time of that frame was over already: the call waits for the next one.
          if (since >= askedAt + config.requestTimeout - 1) continue;
          // A late timer gives an answer that is on its way one more turn.
          const due = Math.max(Math.max(since, askedAt) + timeout, books.jumpedAt);
          if (at > due + books.lateness + tolerance + 1)
            fail(`channel ${number} was neither confirmed nor refused in time`);
        }
      },
    };
  },
};

export const subscriptionRules: readonly Rule[] = [agreesAtRest, survivesDrops, failsAlone];
