import type { Rule } from './rule.js';

/**
 * HN35: where the server goes on with the session of the last connection, no gap is told. That nothing is asked anew is S2. Of
 * what was lost before the last connection the client cannot know whether the session has it.
 */
const goesOn: Rule = {
  clause: 'HN35',
  start: (_setup, fail, books) => {
    /** The epoch in which each channel was last confirmed, or had an update. */
    const heardIn = new Map<number, number>();
    return {
      subscribed: ({ channel }) => void heardIn.set(channel, books.epoch),
      resumed: ({ channel, epoch }) => void heardIn.set(channel, epoch),
      update: ({ channel, epoch }) => void heardIn.set(channel, epoch),
      gap: ({ channel, cause }) => {
        const topic = books.channels.get(channel)?.topic;
        const lastEpoch = books.state === 'ready' ? books.epoch - 1 : books.epoch;
        const isOfLast = (heardIn.get(channel) ?? lastEpoch) >= lastEpoch;
        if (cause === 'disconnect' && isOfLast && topic !== undefined && books.resumed.has(topic))
          fail(`channel ${channel} was told of a gap, and the session of ${topic} goes on`);
      },
    };
  },
};

/** HN36: the last frames leave right before a closing handshake that the client starts, and at no other time. */
const saysFarewell: Rule = {
  clause: 'HN36',
  start: ({ read, says = false }, fail) => {
    /** The socket that is open and did not fail. */
    let open: number | undefined;
    let wasAsked = false;
    /** Frames of the farewell that have to leave. */
    let left = 0;
    const over = (socket: number) => {
      if (socket === open) open = undefined;
    };
    return {
      dial: () => {
        open = undefined;
        wasAsked = false;
        left = 0;
      },
      open: ({ socket }) => {
        open = socket;
      },
      'socket-error': ({ socket }) => over(socket),
      'socket-closed': ({ socket }) => over(socket),
      'send-failed': ({ socket }) => {
        over(socket);
        left = 0;
      },
      parting: ({ frames }) => {
        if (wasAsked) fail('the handler was asked for a farewell twice');
        wasAsked = true;
        left = frames;
      },
      out: ({ text }) => {
        const { kind } = read(text);
        if (kind === 'farewell' && left-- <= 0) fail('a farewell left that nobody had asked for');
        if (kind !== 'farewell' && wasAsked) fail(`a ${kind} frame left after the farewell`);
      },
      terminate: ({ socket }) => {
        if (wasAsked && socket === open) fail('a connection was reset after its farewell');
        over(socket);
      },
      'close-socket': ({ socket }) => {
        if (says && socket === open && !wasAsked) fail('a closing handshake began without a farewell');
        if (left > 0 && socket === open) fail(`${left} frames of the farewell did not leave`);
        over(socket);
      },
    };
  },
};

/** HN32: a stream that comes to its end closes its channels, without an error. That nothing is sent is S2. */
const endsStreams: Rule = {
  clause: 'HN32',
  start: ({ confirms = true, read }, fail, books) => {
    /** Channels that have to close. */
    const due = new Set<number>();
    /** Topics that the live connection has confirmed, and was not asked to end. */
    const held = new Set<string>();
    return {
      dial: () => {
        held.clear();
        due.clear();
      },
      // What is said of a topic from now on is about a subscription that the client has given up.
      preparing: ({ kind, topics }) => {
        if (kind === 'unsubscribe') for (const topic of topics) held.delete(topic);
      },
      out: ({ text }) => {
        const { kind, topics = [] } = read(text);
        if (kind === 'subscribe' || kind === 'unsubscribe') for (const topic of topics) held.delete(topic);
      },
      subscribed: ({ channel }) => void held.add(books.channels.get(channel)?.topic ?? ''),
      resumed: ({ channel }) => void held.add(books.channels.get(channel)?.topic ?? ''),
      handed: ({ text }) => {
        const { kind, isNormal = false, topics = [] } = read(text);
        if (kind !== 'revocation' || !confirms) return;
        for (const topic of topics) {
          if (!held.delete(topic) || !isNormal) continue;
          for (const { number, topic: own } of books.channels.values()) if (own === topic) due.add(number);
        }
      },
      'channel-error': ({ channel, code }) => {
        // A listener that throws is told as such, and ends nothing.
        if (due.has(channel) && code !== 'PROTOCOL_ERROR')
          fail(`channel ${channel} heard ${code} at the end of its stream`);
      },
      'channel-closed': ({ channel }) => void due.delete(channel),
      unsubscribe: ({ channel }) => void due.delete(channel),
      refused: ({ channel }) => void due.delete(channel),
      step: () => {
        for (const channel of due) fail(`channel ${channel} is open, and its stream came to an end`);
        due.clear();
      },
    };
  },
};

/** HN42: topics of two groups share no frame. */
const keepsGroups: Rule = {
  clause: 'HN42',
  start: ({ groupOf = () => '', read }, fail) => ({
    out: ({ text }) => {
      const { kind, topics = [] } = read(text);
      if (kind !== 'subscribe' && kind !== 'unsubscribe') return;
      const groups = new Set(topics.map(groupOf));
      if (groups.size > 1) fail(`a ${kind} frame has topics of ${groups.size} groups`);
    },
  }),
};

const SIGNED: readonly string[] = ['call', 'cancel', 'subscribe', 'unsubscribe'];

/** HN43: each frame is prepared just before its write, and for its connection alone. */
const signsFrames: Rule = {
  clause: 'HN43',
  start: ({ read, signs = false }, fail) => {
    /** Signatures that are done on this connection and were not used. */
    const fresh = new Set<number>();
    return {
      dial: () => fresh.clear(),
      prepared: ({ signature, failed }) => {
        if (!failed) fresh.add(signature);
      },
      out: ({ text }) => {
        const { kind, signature } = read(text);
        if (!signs || !SIGNED.includes(kind)) {
          if (signature !== undefined) fail(`a ${kind} frame was signed`);
        } else if (signature === undefined || !fresh.delete(signature)) {
          fail(`a ${kind} frame left without a signature of its own`);
        }
      },
    };
  },
};

/** DL22: a call that was written is rejected for what cannot be read only if its answer cannot be read. */
const blamesTheAnswer: Rule = {
  clause: 'DL22',
  start: ({ read }, fail) => {
    const calls = new Map<string | number, number>();
    const unreadable = new Set<number>();
    const idempotent = new Set<number>();
    return {
      request: ({ call, retry }) => {
        if (retry === 'idempotent') idempotent.add(call);
      },
      out: ({ text }) => {
        const { id, mark } = read(text);
        if (id !== undefined && mark !== undefined) calls.set(id, mark);
      },
      handed: ({ text }) => {
        const { kind, about = '' } = read(text);
        const call = calls.get(about);
        if (kind === 'unreadable' && call !== undefined) unreadable.add(call);
      },
      settled: ({ call, code, told }) => {
        // One that is sent again may fail in its next preparation.
        if (code !== 'PROTOCOL_ERROR' || told !== 'unknown' || idempotent.has(call)) return;
        if (!unreadable.has(call)) fail(`call ${call} was rejected for an answer that cannot be read, and none came`);
      },
    };
  },
};

export const sessionRules: readonly Rule[] = [
  goesOn,
  saysFarewell,
  endsStreams,
  keepsGroups,
  signsFrames,
  blamesTheAnswer,
];
