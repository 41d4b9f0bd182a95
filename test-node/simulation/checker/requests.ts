import type { Rule } from './rule.js';

const CODES: ReadonlySet<string> = new Set([
  'CONNECTION_FAILED',
  'CONNECTION_CLOSED',
  'AUTHENTICATION_FAILED',
  'REQUEST_TIMEOUT',
  'REQUEST_REJECTED',
  'MAX_RECONNECT_ATTEMPTS',
  'PROTOCOL_ERROR',
  'CAPACITY_EXCEEDED',
  'MESSAGE_TOO_LARGE',
]);

/** R1: every call settles once, in time, and with a reason that it can have. */
const settlesOnce: Rule = {
  clause: 'R1',
  start: ({ read, tolerance }, fail, books) => {
    interface Open {
      readonly deadline: number;
      /** When it has to be over: not before the host, which stood still at the deadline, has had a turn for it. */
      due: number;
      readonly idempotent: boolean;
      aborted: boolean;
      written: boolean;
      /** Its connection was lost under it. */
      lost: boolean;
      /** How long the host slept before the call was written: that counts as time, although no clock of the client told it. */
      slept: number;
    }
    const open = new Map<number, Open>();
    const settled = new Set<number>();
    const begin = (call: number, deadline: number, idempotent: boolean) =>
      void open.set(call, {
        deadline,
        due: deadline,
        idempotent,
        aborted: false,
        written: false,
        lost: false,
        slept: 0,
      });
    return {
      request: ({ call, at, timeout, retry }) => begin(call, at + (timeout ?? Infinity), retry === 'idempotent'),
      send: ({ call, at, timeout }) => begin(call, at + timeout, false),
      out: ({ text }) => {
        const one = open.get(read(text).mark ?? 0);
        if (one) one.written = true;
      },
      transition: ({ to }) => {
        if (to === 'reconnecting') for (const one of open.values()) one.lost ||= one.written && !one.idempotent;
      },
      wall: ({ ms }) => {
        for (const one of open.values()) if (ms > 0 && (!one.written || one.idempotent)) one.slept += ms;
      },
      jump: ({ ms, at }) => {
        for (const one of open.values()) if (one.due < at + ms) one.due = at + ms;
      },
      abort: ({ call }) => {
        const one = open.get(call);
        if (one) one.aborted = true;
      },
      settled: ({ call, outcome, code, at }) => {
        const one = open.get(call);
        if (!one) return fail(`call ${call} was settled ${settled.has(call) ? 'twice' : 'and never made'}`);
        open.delete(call);
        settled.add(call);
        if (outcome === 'aborted' && !one.aborted) fail(`call ${call} was aborted by nobody`);
        if (outcome === 'rejected' && !CODES.has(code ?? '')) fail(`call ${call} was rejected as ${code}`);
        if (code === 'REQUEST_TIMEOUT' && at < one.deadline - one.slept - 1 - tolerance)
          fail(`call ${call} timed out ${one.deadline - at} ms before its time`);
      },
      step: ({ at, state }) => {
        const latest = at - books.lateness - tolerance - 1;
        for (const [call, { due, aborted, lost }] of open) {
          if (due < latest) fail(`call ${call} was due at ${due} and is still open`);
          else if (lost) fail(`call ${call} is still open, and its connection is lost`);
          else if (aborted) fail(`call ${call} was aborted and is still open`);
          else if (state === 'closed') fail(`call ${call} is still open after the end of the client`);
          else continue;
          open.delete(call);
        }
      },
      end: () => {
        for (const call of open.keys()) fail(`call ${call} was never settled`);
      },
    };
  },
};

/** R2: an answer settles the request that it answers, and no id is used twice. */
const answersItsOwn: Rule = {
  clause: 'R2',
  start: ({ read }, fail) => {
    /** What each id was used for: the number of a call, or a subscription. */
    const uses = new Map<string | number, number | 'subscription'>();
    const answered = new Set<number>();
    return {
      out: ({ text }) => {
        const { id, kind, mark } = read(text);
        if (id === undefined) return;
        const use = kind === 'call' ? mark : 'subscription';
        // The same call may be written again; it then keeps its id.
        if (use === undefined || (uses.has(id) && (use === 'subscription' || uses.get(id) !== use)))
          fail(`the id ${id} was used before`);
        else uses.set(id, use);
      },
      handed: ({ text }) => {
        const { id } = read(text);
        const call = id === undefined ? undefined : uses.get(id);
        if (typeof call === 'number') answered.add(call);
      },
      settled: ({ call, outcome, answers }) => {
        if (outcome !== 'answered') return;
        if (answers !== undefined && answers !== call) fail(`call ${call} got the answer to call ${answers}`);
        if (!answered.has(call)) fail(`call ${call} was answered by no frame`);
      },
    };
  },
};

/** R3: pending requests are bounded, and a call is only turned away when there is no room. */
const isBounded: Rule = {
  clause: 'R3',
  start: ({ config, read }, fail) => {
    const pending = new Map<number, { readonly at: number; readonly hadRoom: boolean }>();
    const waiting = new Set<number>();
    const idempotent = new Set<number>();
    const urgent = new Set<number>();
    const reserved = (capacity: number, isUrgent = false) => capacity + (isUrgent ? Math.ceil(capacity / 4) : 0);
    /** Whether there is room, beside calls that were just made. */
    const hasRoom = (own: number, isUrgent = false) =>
      pending.size - own < reserved(config.maxPendingRequests, isUrgent) &&
      waiting.size - own < reserved(config.commandChannelCapacity, isUrgent);
    return {
      transition: ({ from }) => {
        // What may be written again waits again.
        if (from === 'ready') for (const call of idempotent) waiting.add(call);
      },
      request: ({ call, at, isUrgent, retry }) => {
        if (retry === 'idempotent') idempotent.add(call);
        if (isUrgent) urgent.add(call);
        const hadRoom = hasRoom(0, isUrgent);
        pending.set(call, { at, hadRoom });
        waiting.add(call);
      },
      send: ({ call }) => void waiting.add(call),
      out: ({ text }) => {
        const { mark } = read(text);
        if (mark !== undefined) waiting.delete(mark);
      },
      settled: ({ call, code, at }) => {
        const booked = pending.get(call);
        if (code === 'CAPACITY_EXCEEDED' && booked) {
          if (booked.at !== at) fail(`call ${call} was not turned away at once`);
          // Reading the payload may make other calls, which take the room first.
          if (booked.hadRoom && hasRoom(1, urgent.has(call)))
            fail(`call ${call} was turned away although there was room`);
        }
        pending.delete(call);
        waiting.delete(call);
        idempotent.delete(call);
        urgent.delete(call);
      },
      step: (entry) => {
        // The reserve is for urgent ones.
        const most = config.maxPendingRequests;
        const reserve = Math.min(urgent.size, reserved(most, true) - most);
        if (entry.pending > most + reserve) fail(`${entry.pending} requests are pending`);
      },
    };
  },
};

/** R4, R5, R6: the delivery of a call is true, and its bytes leave at most once. */
function aboutBytes(clause: 'R4' | 'R5' | 'R6', rule: (fate: Fate, fail: (words: string) => void) => void): Rule {
  return {
    clause,
    start: ({ read }, fail) => {
      const fates = new Map<number, Fate>();
      const isIdempotent = new Map<number, boolean>();
      const of = (call: number): Fate => {
        let fate = fates.get(call);
        if (!fate) {
          fate = { call, sockets: [], idempotent: isIdempotent.get(call) ?? false };
          fates.set(call, fate);
        }
        return fate;
      };
      return {
        request: ({ call, retry }) => void isIdempotent.set(call, retry === 'idempotent'),
        out: ({ text, socket }) => {
          const { mark } = read(text);
          if (mark === undefined) return;
          const fate = of(mark);
          fate.sockets.push(socket);
          rule(fate, fail);
        },
        abort: ({ call }) => {
          const fate = of(call);
          fate.abortedAfter = fate.sockets.length;
        },
        settled: ({ call, outcome, delivery, told }) => {
          const fate = of(call);
          fate.told = outcome === 'written' || outcome === 'answered' ? 'sent' : (told ?? delivery);
          fate.delivery = delivery;
          rule(fate, fail);
        },
      };
    },
  };
}

interface Fate {
  readonly call: number;
  /** Those that took its bytes, in order. */
  readonly sockets: number[];
  readonly idempotent: boolean;
  abortedAfter?: number;
  told?: string | undefined;
  delivery?: string | undefined;
}

const isHonest = aboutBytes('R4', ({ call, sockets, told, delivery }, fail) => {
  if (told === undefined) return;
  const left = sockets.length > 0;
  if (told === 'unsent' && left) fail(`call ${call} was told unsent, and its bytes left`);
  if (delivery === 'unsent' && left) fail(`call ${call} says unsent, and its bytes left`);
  if ((told === 'sent' || told === 'unknown') && !left) fail(`call ${call} was told ${told}, and no byte left`);
});

const leavesOnce = aboutBytes('R5', ({ call, sockets, idempotent }, fail) => {
  const distinct = new Set(sockets).size;
  if (distinct < sockets.length) fail(`call ${call} was written twice to one socket`);
  if (distinct > 1 && !idempotent) fail(`call ${call} was written to ${distinct} sockets`);
});

const abortIsFinal = aboutBytes('R6', ({ call, sockets, abortedAfter }, fail) => {
  if (abortedAfter !== undefined && sockets.length > abortedAfter) fail(`call ${call} was written after its abort`);
});

/** R6, R1: what is settled is forgotten, and nothing else is. */
const freesEntries: Rule = {
  clause: 'R6',
  start: (_setup, fail) => {
    const open = new Set<number>();
    return {
      request: ({ call }) => void open.add(call),
      settled: ({ call }) => void open.delete(call),
      step: ({ pending }) => {
        if (pending !== open.size) fail(`the client holds ${pending} requests, and ${open.size} are open`);
      },
    };
  },
};

export const requestRules: readonly Rule[] = [
  settlesOnce,
  answersItsOwn,
  isBounded,
  isHonest,
  leavesOnce,
  abortIsFinal,
  freesEntries,
];
