import type { ConnectionState } from 'hpx-transport-ws';
import type { Rule } from './rule.js';

/** C1: one live socket; beside it one at most that has not finished closing. */
const hasOneSocket: Rule = {
  clause: 'C1',
  start: (_setup, fail, books) => ({
    dial: ({ socket }) => {
      const others = [...books.sockets.values()].filter(({ number }) => number !== socket);
      const live = others.filter(({ state }) => state === 'live');
      const left = others.filter(({ state }) => state === 'left');
      if (live.length > 0) fail(`socket ${socket} was opened while socket ${live[0]?.number} is live`);
      if (left.length > 1) fail(`socket ${socket} was opened while ${left.length} others have not finished closing`);
      for (const { number, state } of others) if (state === 'over') books.sockets.delete(number);
    },
    out: ({ socket }) => {
      if (socket !== books.socket?.number || books.socket.state !== 'live')
        fail(`a frame was written to socket ${socket}, which the client has left`);
    },
    disconnected: () => {
      if (books.socket && !books.socket.opened) fail('a connection was told lost that was never open');
    },
  }),
};

/** The arrows of docs/SPEC.md, as event: from → to. */
const ARROWS: Readonly<Record<string, readonly [from: readonly ConnectionState[], to: ConnectionState]>> = {
  connect: [['disconnected'], 'connecting'],
  opened: [['connecting'], 'connected'],
  challenged: [['connected'], 'authenticating'],
  established: [['connected', 'authenticating'], 'ready'],
  retry: [['reconnecting'], 'connecting'],
  abandoned: [['connecting', 'connected', 'authenticating', 'reconnecting'], 'disconnected'],
  close: [['disconnected', 'connecting', 'connected', 'authenticating', 'ready', 'reconnecting'], 'closing'],
  released: [['closing'], 'closed'],
  failed: [['connecting', 'connected', 'authenticating', 'ready', 'closing'], 'closed'],
};
const LOST_FROM: readonly ConnectionState[] = ['connecting', 'connected', 'authenticating', 'ready'];

/** C2: every transition is in the table and is emitted once, with its cause. */
const keepsToTheTable: Rule = {
  clause: 'C2',
  start: (_setup, fail) => {
    let state: ConnectionState = 'disconnected';
    const untold: string[] = [];
    return {
      transition: ({ from, to, event, cause }) => {
        if (from !== state) fail(`'${event}' led from ${from}, and the client was ${state}`);
        const isListed =
          event === 'lost'
            ? from === 'closing'
              ? to === 'closed'
              : LOST_FROM.includes(from) && to === 'reconnecting'
            : ARROWS[event]?.[0].includes(from) && ARROWS[event][1] === to;
        if (!isListed) fail(`'${event}' led from ${from} to ${to}`);
        if (!cause) fail(`'${event}' came without a cause`);
        state = to;
        untold.push(`${event}: ${from} ${to}`);
      },
      state: ({ from, to, event }) => {
        const told = `${event}: ${from} ${to}`;
        const next = untold.shift();
        if (next !== told) fail(`told was ${told}, and what happened was ${next ?? 'nothing'}`);
      },
      error: ({ message }) => {
        if (message.startsWith('Defect')) fail(message);
      },
      step: (entry) => {
        if (entry.state !== state) fail(`the client says ${entry.state}, and the last transition led to ${state}`);
        if (untold.length > 0) fail(`${untold[0]} was never told`);
      },
    };
  },
};

/** C3: nothing but greeting and authentication before `ready`; then subscriptions first, then calls as they were made. */
const keepsTheOrder: Rule = {
  clause: 'C3',
  start: ({ read }, fail, books) => {
    /** Topics wanted when it became ready; the first frame has to ask for one of them, while they last. */
    let owed: ReadonlySet<string> | undefined;
    /** Topics that were asked for, or revoked, and not confirmed since: they may be asked for last. */
    const late = new Set<string>();
    /** The last frame that asked for a topic: a late answer to an older one means nothing. */
    const askedBy = new Map<string, string | number | undefined>();
    let lastCall = 0;
    /** Calls that keep no order: they leave again after a reconnect, or go before the others. */
    const orderless = new Set<number>();
    /** For a call inside whose code others were made: the last of them. These have no order with it. */
    const lastInside = new Map<number, number>();
    const noteInside = (call: number, within: readonly number[] = []) => {
      for (const outer of within) lastInside.set(outer, call);
    };
    return {
      request: ({ call, isUrgent, retry, within }) => {
        if (retry === 'idempotent' || isUrgent) orderless.add(call);
        noteInside(call, within);
      },
      send: ({ call, isUrgent, within }) => {
        if (isUrgent) orderless.add(call);
        noteInside(call, within);
      },
      transition: ({ to }) => {
        owed = to === 'ready' ? new Set([...books.channels.values()].map(({ topic }) => topic)) : undefined;
      },
      // Calls do not wait until it is signed, and the next subscription frame does.
      preparing: ({ kind, topics }) => {
        if (kind === 'subscribe' || kind === 'unsubscribe') owed = undefined;
        if (kind === 'subscribe') for (const topic of topics) late.add(topic);
      },
      handed: ({ text }) => {
        const { kind, topics = [], id } = read(text);
        if (kind === 'subscribe')
          // Before the server has answered the end of a topic, it means what was ended.
          for (const topic of topics)
            if (id === askedBy.get(topic) || (id === undefined && !books.isEnding(topic))) late.delete(topic);
        if (kind === 'revocation') for (const topic of topics) late.add(topic);
      },
      out: ({ text }) => {
        const { kind, mark = lastCall, topics = [], id } = read(text);
        if (kind === 'subscribe') {
          for (const topic of topics) {
            late.add(topic);
            askedBy.set(topic, id);
          }
        }
        // A late answer to a frame that was given up means nothing.
        if (kind === 'unsubscribe') for (const topic of topics) askedBy.delete(topic);
        const isOwn = kind === 'hello' || kind === 'authentication' || kind === 'farewell';
        if (books.state !== 'ready' && books.state !== 'closing' && !isOwn)
          return fail(`a ${kind} frame left while ${books.state}`);
        if (kind === 'subscribe') owed = undefined;
        if (kind !== 'call') return;
        // On a connection that is about to be replaced nothing is asked for any more.
        if (books.leavingUntil !== undefined) owed = undefined;
        for (const topic of owed ?? []) {
          if (!books.isWanted(topic) || late.has(topic) || books.isPostponed(topic) || books.resumed.has(topic))
            continue;
          fail(`a call left before the subscription of ${topic}`);
          break;
        }
        owed = undefined;
        if (orderless.has(mark)) return;
        if ((lastInside.get(mark) ?? mark) < lastCall) fail(`call ${mark} was written after call ${lastCall}`);
        lastCall = Math.max(mark, lastCall);
      },
    };
  },
};

/** C7: what cannot succeed stops the client, and nothing else does. */
const stopsForAReason: Rule = {
  clause: 'C7',
  start: ({ config, read, fatalCodes }, fail, books) => {
    let refusals = 0;
    let reason: string | undefined;
    /** A reason that code which ran at the same time may have come before. */
    let possible: string | undefined;
    /** A refusal inside a live session ends the client only where the server had asked for the login. */
    let mayEnd = false;
    let isForbidden = false;
    /** Whether the handler is just reading a refusal: the end follows at once. */
    let isBeingRead = false;
    let readySince = 0;
    const refused = (isFinal: boolean) => {
      refusals++;
      if (!isFinal && refusals < config.authMaxAttempts) return;
      if (books.state === 'ready') mayEnd = true;
      else reason = 'AUTHENTICATION_FAILED';
    };
    return {
      handed: ({ text }) => {
        const { verdict } = read(text);
        if (verdict === 'accepted') refusals = 0;
        if (verdict === 'refused' || verdict === 'final') refused(verdict === 'final');
        isBeingRead = reason === 'AUTHENTICATION_FAILED';
      },
      'hook-failed': ({ hook }) => {
        if (hook === 'login') refused(false);
      },
      // A hook that reads the refusal may give the attempt up before anybody knows what it is: the next one is refused again.
      reconnect: () => {
        if (!isBeingRead) return;
        possible = reason;
        reason = undefined;
      },
      'socket-error': ({ status, socket }) => {
        if (socket !== books.socket?.number || books.socket.state !== 'live') return;
        isForbidden ||= status === 401 || status === 403;
      },
      'socket-closed': ({ code, socket }) => {
        const { number, state, opened } = books.socket ?? {};
        if (socket === number && state === 'live' && opened && fatalCodes.includes(code))
          reason ??= 'CONNECTION_CLOSED';
      },
      transition: ({ from, event, at, to }) => {
        isBeingRead = false;
        // The verdict falls with the end of the attempt, which an error only announces.
        if (isForbidden) refused(false);
        isForbidden = false;
        if (from === 'ready' && at - readySince >= config.reconnectMinUptime) refusals = 0;
        if (to === 'ready') readySince = at;
        if (event === 'failed') reason ??= possible ?? (mayEnd ? 'AUTHENTICATION_FAILED' : undefined);
        possible = undefined;
        if (event === 'failed' && !books.closing && reason === undefined)
          fail('the client gave up although another attempt made sense');
      },
      ended: ({ code }) => {
        if (!books.closing && code !== reason) fail(`the client ended as ${code}, and the reason was ${reason}`);
      },
      step: ({ state }) => {
        if (reason === undefined || state === 'closed' || state === 'closing') return;
        fail(`the client is ${state} although it should have ended: ${reason}`);
        reason = undefined;
      },
    };
  },
};
/** C8: `close()` is bounded in time, final, and leaves nothing behind. */
const closesForGood: Rule = {
  clause: 'C8',
  start: ({ read, tolerance }, fail, books) => {
    let due: number | undefined;
    let isOver = false;
    /** Calls of connect() that are open. */
    let connects = 0;
    /** Of the first close; later ones change nothing. */
    let isDraining: boolean | undefined;
    const after = (what: string) => {
      if (isOver) fail(`${what} after the end`);
    };
    return {
      connect: () => void connects++,
      connected: () => void connects--,
      'connect-failed': () => void connects--,
      close: ({ at, deadline, drain }) => {
        due ??= at + deadline;
        isDraining ??= drain;
      },
      closed: () => {
        isOver = true;
      },
      dial: () => after('a socket was opened'),
      out: ({ text }) => {
        after('a frame was written');
        if (isDraining === false && read(text).kind !== 'farewell') fail('a frame left because of close()');
      },
      ping: () => after('a ping was sent'),
      update: () => after('an update was told'),
      step: ({ at, pending }) => {
        if (isDraining === false && pending > 0) fail(`close() leaves ${pending} requests open`);
        // After a sleep what came meanwhile is read first.
        if (isOver || due === undefined || at <= Math.max(due, books.jumpedAt) + books.lateness + tolerance + 1) return;
        fail(`close() was due at ${due}`);
        due = Infinity;
      },
      end: ({ timers, listeners, sockets }) => {
        if (!isOver) fail('close() was never resolved');
        if (connects > 0) fail(`${connects} calls of connect() never settled`);
        for (const channel of books.channels.keys()) fail(`channel ${channel} is open after the end`);
        if (timers > 0) fail(`${timers} timers are left`);
        if (listeners > 0) fail(`${listeners} lifecycle listeners are left`);
        if (sockets > 0) fail(`${sockets} sockets are left`);
        for (const { number, state } of books.sockets.values())
          if (state === 'live') fail(`socket ${number} was never closed`);
      },
    };
  },
};

/** C9: every queue is bounded. */
const boundsItsQueues: Rule = {
  clause: 'C9',
  start: ({ config }, fail, books) => {
    const idempotent = new Set<number>();
    const urgent = new Set<number>();
    return {
      request: ({ call, isUrgent, retry }) => {
        if (retry === 'idempotent') idempotent.add(call);
        if (isUrgent) urgent.add(call);
      },
      send: ({ call, isUrgent }) => {
        if (isUrgent) urgent.add(call);
      },
      settled: ({ call }) => {
        idempotent.delete(call);
        urgent.delete(call);
      },
      step: ({ waiting }) => {
        const { commandChannelCapacity: capacity } = config;
        const reserve = Math.min(urgent.size, Math.ceil(capacity / 4));
        // What is sent again after a reconnect was let in before.
        if (waiting > capacity + reserve + idempotent.size) fail(`${waiting} calls wait`);
      },
      'channel-stats': ({ channel, buffered }) => {
        const { capacity = 0 } = books.channels.get(channel) ?? {};
        if (buffered > capacity) fail(`channel ${channel} buffers ${buffered} updates`);
      },
    };
  },
};

export const connectionRules: readonly Rule[] = [
  hasOneSocket,
  keepsToTheTable,
  keepsTheOrder,
  stopsForAReason,
  closesForGood,
  boundsItsQueues,
];
