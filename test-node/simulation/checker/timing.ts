import type { Rule } from './rule.js';

/** A step of the wall clock that is longer than this is a sleep of the host. */
const SLEEP = 5_000;
/** A timer that is later than this gives written calls another turn. */
const LATE = 100;
/** The longest delay after a wake, and how often the client looks whether replaced sockets have closed. */
const WAKE_DELAY = 1_000;
const LOOK = 100;
const LONGEST_RETRY_AFTER = 300_000;

/**
 * DL17: a call whose deadline has passed is never written; a sleep that only the wall clock tells counts. Of steps forth and
 * back the client sees at least their sum: it need not look in between.
 */
const writesNothingLate: Rule = {
  clause: 'DL17',
  start: ({ read, tolerance }, fail) => {
    const deadlines = new Map<number, number>();
    /** The sum of the steps of the wall clock, and what it was at each call, which looks at the clock. */
    let wall = 0;
    const wallAtCall = new Map<number, number>();
    return {
      request: ({ call, at, timeout = Infinity, retry }) => {
        if (retry === 'idempotent') return;
        deadlines.set(call, at + timeout);
        wallAtCall.set(call, wall);
      },
      send: ({ call, at, timeout }) => {
        deadlines.set(call, at + timeout);
        wallAtCall.set(call, wall);
      },
      settled: ({ call }) => {
        deadlines.delete(call);
        wallAtCall.delete(call);
      },
      wall: ({ ms }) => {
        if (ms < 0 || ms > SLEEP) wall += ms;
      },
      out: ({ text, at }) => {
        const { mark } = read(text);
        const deadline = mark === undefined ? undefined : deadlines.get(mark);
        if (mark === undefined || deadline === undefined) return;
        deadlines.delete(mark);
        const slept = Math.max(0, wall - (wallAtCall.get(mark) ?? wall));
        if (at >= deadline - slept + tolerance)
          fail(`call ${mark} was written ${at - deadline + slept} ms after its time`);
      },
    };
  },
};

/** DL18: after the host stood still, an answer that waits in the socket comes before the verdict of a late timer. */
const readsBeforeItJudges: Rule = {
  clause: 'DL18',
  start: ({ read }, fail, books) => {
    const calls = new Map<string | number, { readonly call: number; readonly deadline: number }>();
    const deadlines = new Map<number, number>();
    const timedOut = new Map<number, number>();
    /** When anything was last read. A platform may read one frame in each turn: then the first one is owed alone. */
    let readAt = Number.NaN;
    /** When the last sleep of the host began. */
    let stoodStillAt = Infinity;
    return {
      jump: ({ at }) => {
        stoodStillAt = at;
      },
      dial: () => calls.clear(),
      pong: ({ at }) => {
        readAt = at;
      },
      pinged: ({ at }) => {
        readAt = at;
      },
      request: ({ call, at, timeout = Infinity }) => void deadlines.set(call, at + timeout),
      out: ({ text }) => {
        const { id, mark = 0 } = read(text);
        const deadline = deadlines.get(mark);
        if (id !== undefined && deadline !== undefined) calls.set(id, { call: mark, deadline });
      },
      settled: ({ call, code, told, at }) => {
        deadlines.delete(call);
        if (code === 'REQUEST_TIMEOUT' && told === 'unknown' && at === books.jumpedAt && at !== readAt)
          timedOut.set(call, at);
      },
      in: ({ socket, text, at }) => {
        readAt = at;
        if (timedOut.size === 0 || socket !== books.socket?.number || books.paused) return;
        const { call, deadline } = calls.get(read(text).id ?? '') ?? { call: 0, deadline: Infinity };
        // What was overdue before the last sleep has had its turn.
        if (timedOut.get(call) === at && at - deadline > LATE + 1 && deadline >= stoodStillAt)
          fail(`call ${call} timed out while its answer was waiting in the socket`);
      },
    };
  },
};

/** DL13: code that ends a call writes no other call. */
const endsBeforeItWrites: Rule = {
  clause: 'DL13',
  start: ({ read }, fail) => {
    let isEnding = false;
    /** Calls that the application makes inside the very code that it is called from. */
    const fresh = new Set<number>();
    return {
      request: ({ call }) => {
        if (isEnding) fresh.add(call);
      },
      abort: () => {
        isEnding = true;
      },
      acted: () => {
        isEnding = false;
        fresh.clear();
      },
      out: ({ text }) => {
        if (!isEnding) return;
        const { kind, mark = 0 } = read(text);
        if (kind === 'call' && !fresh.has(mark)) fail('a call was written inside the code that ended another');
      },
    };
  },
};

/** CL50: a planned end waits for the answers of written calls. */
const waitsForAnswers: Rule = {
  clause: 'CL50',
  start: ({ config, read, tolerance }, fail, books) => {
    const ids = new Map<string | number, number>();
    /** Written requests without an answer. */
    const open = new Map<number, number>();
    const deadlines = new Map<number, number>();
    let isFailing = false;
    let until = Number.NEGATIVE_INFINITY;
    let isExpected = false;
    let isHurried = false;
    /** What was open when the client let go of the socket too early. */
    let abandoned = 0;
    const awaited = (at: number) => [...open.values()].filter((deadline) => deadline > at + 1).length;
    return {
      dial: () => {
        open.clear();
        ids.clear();
        isFailing = isExpected = isHurried = false;
        until = Number.NEGATIVE_INFINITY;
        abandoned = 0;
      },
      request: ({ call, at, timeout = Infinity }) => void deadlines.set(call, at + timeout),
      out: ({ text }) => {
        const { id, mark = 0 } = read(text);
        const deadline = deadlines.get(mark);
        if (id === undefined || deadline === undefined) return;
        ids.set(id, mark);
        open.set(mark, deadline);
      },
      handed: ({ text }) => {
        const { id, about = '' } = read(text);
        open.delete(ids.get(id ?? about) ?? 0);
      },
      abort: ({ call }) => void open.delete(call),
      settled: ({ call }) => {
        open.delete(call);
        deadlines.delete(call);
      },
      'send-failed': () => {
        isFailing = true;
      },
      'socket-error': () => {
        isFailing = true;
      },
      'socket-closed': () => {
        isFailing = true;
      },
      reconnect: ({ at }) => {
        if (until > at) isHurried = true;
        else if (isExpected) isHurried = true;
        else if (books.state === 'ready' && !isFailing && !books.closing && config.leaveTimeout > 0)
          isExpected = awaited(at) > 0;
      },
      leave: ({ at, timeout }) => {
        isExpected = false;
        until = at + timeout;
      },
      'close-socket': ({ at }) => {
        if (isHurried || isFailing || books.closing) return;
        const hadItsTime = until > Number.NEGATIVE_INFINITY && at >= until - 1 - tolerance;
        if (!hadItsTime && config.leaveTimeout > 0) abandoned = awaited(at);
      },
      disconnected: ({ planned }) => {
        if (planned && abandoned > 0) fail(`a planned end left ${abandoned} calls behind`);
        abandoned = 0;
      },
    };
  },
};

/** RT9: a time that the server named binds every way to connect. */
const keepsTheServersTime: Rule = {
  clause: 'RT9',
  start: ({ tolerance }, fail, books) => {
    let notBefore = Number.NEGATIVE_INFINITY;
    return {
      'socket-error': ({ socket, retryAfter = 0, at }) => {
        if (socket !== books.socket?.number || books.socket.state !== 'live') return;
        notBefore = Math.max(notBefore, at + Math.min(retryAfter, LONGEST_RETRY_AFTER));
      },
      dial: ({ at }) => {
        if (at < notBefore - 1 - tolerance) fail(`an attempt came ${notBefore - at} ms before the server's time`);
      },
    };
  },
};

/** CF18: a wake gives an attempt up only if another one may follow at once. */
const replacesAtOnce: Rule = {
  clause: 'CF18',
  start: ({ tolerance }, fail, books) => {
    let due = Infinity;
    const check = (at: number) => {
      if (at <= due + books.lateness + tolerance || books.jumpedAt >= due) return;
      fail('a wake gave up an attempt that could not be replaced at once');
      due = Infinity;
    };
    return {
      transition: ({ at, cause }) => {
        if (cause?.startsWith('The attempt hung while the host slept')) due = at + WAKE_DELAY + LOOK;
      },
      dial: ({ at }) => {
        check(at);
        due = Infinity;
      },
      step: ({ state, at }) => {
        if (state !== 'reconnecting') due = Infinity;
        check(at);
      },
    };
  },
};

/** DL19: an urgent call leaves before the others that wait, also if it has to be prepared first. */
const hurriesUrgentCalls: Rule = {
  clause: 'DL19',
  start: ({ read }, fail) => {
    /** Those that wait, and from when on until when the others have to wait for them. */
    const urgent = new Map<number, { readonly from: number; readonly until: number }>();
    const known = new Set<number>();
    // It may have been turned away, which its promise tells in a moment.
    const add = (call: number, at: number, timeout: number) => {
      urgent.set(call, { from: at + 1, until: at + timeout });
      known.add(call);
    };
    return {
      request: ({ call, isUrgent, at, timeout = Infinity }) => {
        if (isUrgent) add(call, at, timeout);
      },
      send: ({ call, isUrgent, at, timeout }) => {
        if (isUrgent) add(call, at, timeout);
      },
      abort: ({ call }) => void urgent.delete(call),
      settled: ({ call }) => void urgent.delete(call),
      // Its promise tells that in a moment.
      unwritable: ({ text }) => void urgent.delete(read(text).mark ?? 0),
      // A late timer, or a sleep, may tell the end of a call after the next call was written.
      wall: ({ ms }) => {
        if (ms <= SLEEP) return;
        for (const [call, { from, until }] of urgent) urgent.set(call, { from, until: until - ms });
      },
      out: ({ text, at }) => {
        const { kind, mark } = read(text);
        if (mark !== undefined) urgent.delete(mark);
        if (kind !== 'call' || mark === undefined || known.has(mark)) return;
        for (const [call, { from, until }] of urgent)
          if (at >= from && at < until) fail(`call ${mark} was written before call ${call}, which is urgent`);
      },
    };
  },
};

export const timingRules: readonly Rule[] = [
  writesNothingLate,
  readsBeforeItJudges,
  endsBeforeItWrites,
  waitsForAnswers,
  keepsTheServersTime,
  replacesAtOnce,
  hurriesUrgentCalls,
];
