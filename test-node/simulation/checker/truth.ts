import type { Rule } from './rule.js';

/** Milliseconds that a socket which takes no frame has to tell how it ended. */
const LAST_WORDS = 1_000;

/** C11: a connection has one way to end. What had arrived is handed out, and the close code of the socket is told. */
const hearsLastWords: Rule = {
  clause: 'C11',
  start: ({ tolerance }, fail, books) => {
    let queue: string[] = [];
    let failedAt: number | undefined;
    let hasRefused = false;
    let wasLeftEarly = false;
    /** How the live socket told its end. */
    let ended: { readonly code: number } | undefined;
    return {
      dial: () => {
        queue = [];
        failedAt = ended = undefined;
        hasRefused = wasLeftEarly = false;
      },
      in: ({ socket, text }) => {
        if (socket === books.socket?.number && books.socket.state === 'live') queue.push(text);
      },
      handed: () => void queue.shift(),
      'send-failed': ({ socket, at }) => {
        if (socket !== books.socket?.number) return;
        failedAt ??= at;
        hasRefused = true;
      },
      // Its second runs from the first that it told.
      'socket-error': ({ socket, at }) => {
        if (socket === books.socket?.number) failedAt ??= at;
      },
      'socket-closed': ({ socket, code }) => {
        if (socket === books.socket?.number && books.socket.state === 'live') ended = { code };
      },
      terminate: ({ socket, at }) => {
        if (socket !== books.socket?.number) return;
        wasLeftEarly = !ended && hasRefused && at < (failedAt ?? at) + LAST_WORDS - 1 - tolerance;
        ended = undefined;
      },
      'close-socket': ({ socket }) => {
        if (socket === books.socket?.number) ended = undefined;
      },
      disconnected: ({ code, silent }) => {
        // How it ended matters to no client that has ended for good.
        if (books.closing || books.state === 'closed') return;
        if (wasLeftEarly && !silent) fail('a socket that took no frame was left before it could tell how it ended');
        if (!ended) return;
        if (ended.code !== code) fail(`the socket closed with ${ended.code}, and ${code} was told`);
        if (queue.length > 0) fail(`${queue.length} frames that had arrived were not handed out: ${queue[0]}`);
        ended = undefined;
      },
    };
  },
};

/** DL22: what cannot be read is no success: a subscription and a login need an answer that is strict JSON. */
const believesNothingUnreadable: Rule = {
  clause: 'DL22',
  start: ({ read, confirms = false }, fail, books) => {
    /** Topics that this client asked for, each with the id of the frame. */
    const askedBy = new Map<string, string | number | undefined>();
    const confirmed = new Set<string>();
    let isLoggedIn = false;
    return {
      dial: () => {
        isLoggedIn = false;
      },
      out: ({ text }) => {
        const { kind, topics = [], id } = read(text);
        if (kind !== 'subscribe') return;
        for (const topic of topics) {
          askedBy.set(topic, id);
          confirmed.delete(topic);
        }
      },
      handed: ({ text }) => {
        const { kind, topics = [], id, verdict } = read(text);
        if (verdict === 'accepted') isLoggedIn = true;
        if (kind === 'revocation' || kind === 'resumption') for (const topic of topics) confirmed.add(topic);
        if (kind !== 'subscribe') return;
        for (const topic of topics) confirmed.add(topic);
        for (const [topic, asked] of askedBy) {
          if (id === undefined ? topics.length === 0 : id === asked) confirmed.add(topic);
        }
      },
      subscribed: ({ channel }) => {
        const topic = books.channels.get(channel)?.topic;
        if (confirms && topic !== undefined && !confirmed.has(topic))
          fail(`channel ${channel} was confirmed, and no readable frame confirms ${topic}`);
      },
      transition: ({ from, event }) => {
        if (from === 'authenticating' && event === 'established' && !isLoggedIn)
          fail('a login succeeded, and no readable frame accepts it');
      },
    };
  },
};

/** DL16: cancels and answers wait for room; the client does not end a link because it has much to write. */
const blamesNoSocket: Rule = {
  clause: 'DL16',
  start: (_setup, fail) => {
    let hasFailed = false;
    return {
      dial: () => {
        hasFailed = false;
      },
      'send-failed': () => {
        hasFailed = true;
      },
      disconnected: ({ refused }) => {
        if (refused && !hasFailed) fail('a connection was ended for a socket that took every frame');
      },
    };
  },
};

/** HN21: many signals to authenticate are one: no login leaves while another waits for its answer. */
const logsInOnce: Rule = {
  clause: 'HN21',
  start: ({ config, read, tolerance }, fail) => {
    let askedAt: number | undefined;
    return {
      dial: () => {
        askedAt = undefined;
      },
      out: ({ text, at }) => {
        if (read(text).kind !== 'authentication') return;
        if (askedAt !== undefined && at < askedAt + config.authTimeout - 1 - tolerance)
          fail('a login was sent while another waits for its answer');
        askedAt = at;
      },
      handed: ({ text }) => {
        if (read(text).verdict !== undefined) askedAt = undefined;
      },
    };
  },
};

export const truthRules: readonly Rule[] = [hearsLastWords, believesNothingUnreadable, blamesNoSocket, logsInOnce];
