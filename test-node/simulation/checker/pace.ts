import type { Rule } from './rule.js';

const MINUTE = 60_000;
/** Of docs/SPEC.md, CF15. */
const WAKE_DELAY = 1_000;
/** Times are sums of fractions. */
const ROUNDING = 0.001;
const LONGEST_RETRY_AFTER = 5 * MINUTE;
/** How often the client looks whether replaced sockets have finished closing, and how long that may take. */
const LINGER = 1_200;
/** Milliseconds that a socket which takes no frame has to tell how it ended. */
const LAST_WORDS = 1_000;

/** Bytes in a socket above which it is given no frame at all. */
const MOST_BUFFERED = 1_024 * 1_024;

/** Of docs/SPEC.md, C5. */
function attemptsPerMinute(reconnectMaxDelay: number): number {
  return 40 + Math.ceil(240_000 / Math.max(reconnectMaxDelay, 50));
}

/** C4: delays lie within their bounds, capped ones are spread, too, and attempts count from 1 again only after a while. */
const backsOff: Rule = {
  clause: 'C4',
  start: ({ config, tolerance }, fail, books) => {
    const limit = attemptsPerMinute(config.reconnectMaxDelay);
    let attempt = 0;
    let readySince: number | undefined;
    let retryAfter = 0;
    let dials: number[] = [];
    let wokenAt = Number.NaN;
    /** Whether an immediate attempt was requested since the last transition. */
    let isHurried = false;
    /** When the next attempt is due at the earliest and at the latest. */
    let due: { readonly from: number; readonly to: number } | undefined;
    return {
      'socket-error': (entry) => {
        if (entry.socket === books.socket?.number) retryAfter = Math.min(entry.retryAfter ?? 0, LONGEST_RETRY_AFTER);
      },
      dial: ({ at }) => {
        dials = dials.filter((dial) => at - dial < MINUTE);
        dials.push(at);
        if (due && at < due.from - 1 - tolerance) fail(`attempt ${attempt} came ${due.from - at} ms before its time`);
        due = undefined;
        retryAfter = 0;
      },
      transition: ({ from, to, at }) => {
        isHurried = false;
        if (to === 'ready') readySince = at;
        if (from !== 'ready') return;
        if (readySince !== undefined && at - readySince >= config.reconnectMinUptime) attempt = 0;
        readySince = undefined;
      },
      reconnecting: ({ attempt: told, delay, at }) => {
        // A wake may cut short an attempt that hung, and then nothing is counted; a loss just after it is its echo.
        const recent = dials.filter((dial) => at - dial < MINUTE).length;
        // With that many attempts in this minute the next one has to wait for C5, and no longer.
        const oldest = dials.at(-limit);
        const held = recent < limit || oldest === undefined ? 0 : oldest + MINUTE - at;
        const isShort = delay <= Math.max(WAKE_DELAY, retryAfter, held) + ROUNDING;
        const isWoken = at - wokenAt <= WAKE_DELAY && isShort;
        if (told !== attempt + 1 && !(isWoken && told === attempt))
          fail(`attempt ${attempt + 1} was counted as ${told}`);
        attempt = told;
        const { reconnectInitialDelay, reconnectBackoffFactor, reconnectMaxDelay, reconnectJitter } = config;
        const most = Math.min(reconnectMaxDelay, reconnectInitialDelay * reconnectBackoffFactor ** (told - 1));
        const least = most * (1 - reconnectJitter) + retryAfter;
        if (delay < least - ROUNDING && !isWoken)
          fail(`the delay before attempt ${told} is ${delay}, and the least is ${least}`);
        const isHeld = delay <= held + ROUNDING;
        if (delay > most + retryAfter + ROUNDING && !isHeld && !isWoken)
          fail(`the delay before attempt ${told} is ${delay}, and the most is ${most + retryAfter}`);
        if (reconnectJitter > 0 && most > 0 && delay === most + retryAfter)
          fail(`the delay before attempt ${told} is exactly ${delay}: it was not spread`);
        // Somebody may have been in a hurry inside a listener that heard of it before.
        due = { from: isHurried ? at : at + delay, to: at + delay };
      },
      wake: ({ at }) => {
        wokenAt = at;
        isHurried = true;
        due &&= { from: Math.min(due.from, at), to: due.to };
      },
      reconnect: ({ at }) => {
        isHurried = true;
        due &&= { from: Math.min(due.from, at), to: due.to };
      },
      connect: () => {
        due = undefined;
      },
      step: ({ state, at }) => {
        if (state !== 'reconnecting') due = undefined;
        if (!due) return;
        // After a sleep its overdue timers come first: they drop the sockets that the attempt waits for.
        if (at <= Math.max(due.to, books.jumpedAt) + LINGER + books.lateness + tolerance) return;
        fail(`attempt ${attempt} was due at ${due.to} and did not come`);
        due = undefined;
      },
    };
  },
};

/** C5: attempts in any minute are bounded. */
const isBounded: Rule = {
  clause: 'C5',
  start: ({ config }, fail) => {
    const limit = attemptsPerMinute(config.reconnectMaxDelay);
    let dials: number[] = [];
    return {
      dial: ({ at }) => {
        dials = dials.filter((dial) => at - dial < MINUTE - ROUNDING);
        dials.push(at);
        if (dials.length > limit) fail(`${dials.length} attempts within a minute`);
      },
    };
  },
};

/** A page whose timers are always late notices a dead link after so many pings. */
const MOST_ASKS = 4;

/** C6: a dead link is noticed in time, a living one is not called dead, and a late timer asks before it judges. */
const noticesDeath: Rule = {
  clause: 'C6',
  start: ({ config, probes, tolerance }, fail, books) => {
    const { pingInterval, pongTimeout } = config;
    const patience = pingInterval + pongTimeout;
    let alive = 0;
    /** The last frame: `alive` may be later, because nobody knows when bytes came between two steps. */
    let heardAt = 0;
    let probedAt: number | undefined;
    /** Pings since the last sign of life. Timers that were late may have asked for all but the first of them. */
    let asks = 0;
    /** The first of the pings without an answer: a planned end sends one of its own. */
    let askedAt = 0;
    let jumpsAtLife = 0;
    /** A socket that takes no frame has a second to tell how it ended. */
    let failedAt: number | undefined;
    /** Timers of this host were late since the last sign of life: the client may have asked again up to three times. */
    let wasLate = false;
    /** Bytes of a frame came in at the last step, and when the socket was dropped. */
    let didFlow = false;
    let flowsYet = false;
    let leftAt = Number.NEGATIVE_INFINITY;
    let isFull = false;
    /** What the socket held at the last step, if it was too much for a ping. */
    let held = 0;
    const live = (socket: number, at: number) => {
      if (socket !== books.socket?.number) return;
      alive = heardAt = at;
      probedAt = undefined;
      wasLate = books.lateness > 0;
      jumpsAtLife = books.jumps;
    };
    return {
      in: ({ socket, at }) => live(socket, at),
      pong: ({ socket, at }) => live(socket, at),
      pinged: ({ socket, at }) => live(socket, at),
      'send-failed': ({ socket, at }) => {
        if (socket === books.socket?.number) failedAt ??= at;
      },
      'socket-error': ({ socket, at }) => {
        if (socket === books.socket?.number) failedAt ??= at;
      },
      terminate: ({ socket, flows = false, aheadLeftAt = Number.NEGATIVE_INFINITY, buffered = 0 }) => {
        if (socket !== books.socket?.number) return;
        flowsYet = flows;
        leftAt = aheadLeftAt;
        isFull = buffered > MOST_BUFFERED;
      },
      dial: () => {
        didFlow = flowsYet = false;
        held = 0;
        failedAt = undefined;
      },
      ping: ({ at }) => {
        if (probedAt === undefined) askedAt = at;
        probedAt = at;
        asks++;
      },
      transition: ({ to, at }) => {
        if (to === 'ready') live(books.socket?.number ?? 0, at);
      },
      // A resume() without a pause() starts nothing.
      resume: ({ at }) => {
        if (books.paused) live(books.socket?.number ?? 0, at);
      },
      throttle: () => {
        wasLate = true;
      },
      disconnected: ({ silent, at }) => {
        if (!silent) return;
        if (flowsYet) return fail('a link was called dead while bytes came in');
        if (at - leftAt < pongTimeout - 1 - tolerance) return fail('a link was called dead while bytes left');
        // A ping has to wait for room, too.
        if (isFull && at - heardAt >= pongTimeout - 1 - tolerance) return;
        if (probedAt === undefined) return fail('a link was called dead that nobody had asked');
        if (at - askedAt < pongTimeout - 1 - tolerance)
          fail(`a link was called dead ${at - askedAt} ms after it was asked`);
        // Bytes that left meanwhile put the verdict off: a whole timeout later no timer was late.
        const isLate = books.jumpedAt > probedAt && at - books.jumpedAt < pongTimeout - 1 - tolerance;
        const isTired = asks >= MOST_ASKS || books.jumps - jumpsAtLife >= MOST_ASKS;
        if (isLate && !isTired && books.jumpedAt - probedAt > pongTimeout * 2)
          fail('a link was called dead by a timer that was late');
      },
      step: ({ state, at, flows = false, aheadLeftAt = Number.NEGATIVE_INFINITY, buffered = 0 }) => {
        alive = Math.max(alive, aheadLeftAt);
        // Between two steps nobody knows when the last byte came, or left before a ping that waits for room.
        if (flows || didFlow || buffered < held) alive = at;
        didFlow = flows;
        held = buffered > MOST_BUFFERED ? buffered : 0;
        if (!probes || state !== 'ready' || books.paused || pingInterval === 0) return;
        const isLate = wasLate || books.lateness > 0 || books.jumps > jumpsAtLife;
        const limit = isLate ? 4 * (patience + books.lateness) + 60_000 : patience;
        if (failedAt !== undefined && at <= failedAt + LAST_WORDS + books.lateness + tolerance + 1) return;
        if (at - alive <= limit + tolerance + 1 || at - books.jumpedAt <= limit) return;
        fail(`nothing was heard for ${at - alive} ms, and the link is kept`);
        alive = at;
      },
    };
  },
};

export const paceRules: readonly Rule[] = [backsOff, isBounded, noticesDeath];
