import type { WebSocketConfig } from 'hpx-transport-ws';
import type { Books } from './books.js';
import type { Rule } from './rule.js';

export const MINUTE = 60_000;
/** As many attempts in a minute as no bound of C5 is below. */
export const STORM = 40;
const WAKE_DELAY = 1_000;
/** A replaced socket may take a second to close, and is looked at ten times a second. */
const LINGER = 1_200;

/**
 * How long a client may take until it is `ready` with its subscriptions after the last fault (L1). It may have to notice a
 * dead link, give up a hanging attempt or login, wait for the longest delay, repeat subscribe frames that were not
 * acknowledged, and ask for suspect topics when the connection is stable.
 */
export function convergenceBound(config: WebSocketConfig): number {
  const { pingInterval, pongTimeout, connectTimeout, authTimeout, reconnectMaxDelay, requestTimeout } = config;
  const loss = pingInterval + pongTimeout + connectTimeout + authTimeout + reconnectMaxDelay;
  return loss + requestTimeout + config.reconnectMinUptime + 10_000;
}

/** L1: when faults end, the client is ready within the bound, and stays so. S3 says what it has then. */
const converges: Rule = {
  clause: 'L1',
  start: ({ config, tolerance }, fail, books) => {
    let healedAt = Infinity;
    const dials: number[] = [];
    const check = (state: string, at: number) => {
      // After a storm of attempts the next one may have to wait for C5.
      const isHeld = dials.length >= STORM && healedAt - (dials[0] ?? 0) < MINUTE;
      const bound = convergenceBound(config) + (isHeld ? MINUTE : 0);
      if (at >= healedAt + bound + tolerance && state !== 'ready' && !books.closing)
        fail(`the client is ${state} ${at - healedAt} ms after the last fault`);
    };
    return {
      healed: ({ at }) => {
        healedAt = at;
      },
      dial: ({ at }) => {
        dials.push(at);
        while (dials.length > STORM) dials.shift();
      },
      step: ({ state, at }) => check(state, at),
      rest: ({ state, at }) => check(state, at),
    };
  },
};

/** L2: a wake starts an attempt within a second, within C5. */
const wakesUp: Rule = {
  clause: 'L2',
  start: ({ config, tolerance }, fail, books) => {
    let lastWake = Number.NEGATIVE_INFINITY;
    let anyWake = Number.NEGATIVE_INFINITY;
    let due = Infinity;
    let isHeld = false;
    const dials: number[] = [];
    const check = (at: number) => {
      if (at <= due + books.lateness + tolerance + 1) return;
      fail(`the host woke, and no attempt was made by ${due}`);
      due = Infinity;
    };
    return {
      'socket-error': ({ retryAfter, socket }) => {
        if (socket !== books.socket?.number || books.socket.state !== 'live') return;
        isHeld = retryAfter !== undefined;
      },
      dial: ({ at }) => {
        dials.push(at);
        check(at);
        due = Infinity;
        isHeld = false;
      },
      // Nobody can act while the host sleeps.
      jump: ({ at, ms }) => {
        if (due < Infinity) due = Math.max(due, at + ms);
      },
      // A loss just after a wake is its echo, and shortens the wait in its stead.
      reconnecting: ({ at }) => {
        if (at - anyWake <= WAKE_DELAY) lastWake = at;
      },
      wake: ({ at }) => {
        anyWake = at;
        const recent = dials.filter((dial) => at - dial < 60_000).length;
        const isFirst = at - lastWake >= config.reconnectMinUptime;
        // While there is a connection a wake is another matter: the link is asked for life.
        if (books.state === 'reconnecting' || books.state === 'connecting') lastWake = at;
        if (books.state === 'reconnecting' && isFirst && !isHeld && recent < 40)
          due = Math.min(due, at + WAKE_DELAY + (hasLeft(books) ? LINGER : 0));
      },
      step: ({ at, state }) => {
        if (state !== 'reconnecting') due = Infinity;
        check(at);
      },
    };
  },
};

/** Whether a replaced socket has not finished closing: the next attempt may have to wait for it (C1). */
function hasLeft({ sockets }: Books): boolean {
  return [...sockets.values()].some(({ state }) => state === 'left');
}

/** Milliseconds that a socket has for its close event once the server has begun to close it. */
const CLOSE_TIMEOUT = 1_000;

/** C12: a planned end waits for answers no longer than it may; then only for the close event of a server that was first. */
const leavesInTime: Rule = {
  clause: 'C12',
  start: ({ tolerance }, fail, books) => {
    /** It was kept too long, unless the server was first: then that is told, and not a planned end. */
    let isOverdue = false;
    const kept = () => {
      fail('the connection was to be left, and is kept');
      isOverdue = false;
      books.leavingUntil = undefined;
    };
    return {
      dial: () => {
        isOverdue = false;
      },
      // The application ends it, while the client awaits the end that the server has begun.
      reconnect: () => {
        isOverdue = false;
      },
      disconnected: ({ planned }) => {
        if (isOverdue && planned) kept();
        isOverdue = false;
      },
      step: ({ at }) => {
        // After a sleep the wait for the server's own end begins with what came meanwhile.
        const late = at - (Math.max(books.leavingUntil ?? Infinity, books.jumpedAt) + books.lateness + tolerance + 1);
        if (late <= 0) return;
        isOverdue = true;
        if (late > CLOSE_TIMEOUT) kept();
      },
    };
  },
};

export const progressRules: readonly Rule[] = [converges, wakesUp, leavesInTime];
