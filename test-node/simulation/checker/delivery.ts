import type { Rule } from './rule.js';

/** S1: nothing is heard of a channel after `unsubscribe()`. */
const isQuietAfterwards: Rule = {
  clause: 'S1',
  start: (_setup, fail) => {
    const left = new Set<number>();
    return {
      unsubscribe: ({ channel }) => void left.add(channel),
      update: ({ channel }) => {
        if (left.has(channel)) fail(`channel ${channel} heard an update after it was unsubscribed`);
      },
    };
  },
};

/** S5: updates keep the server's order; a gap is reported once, before the first update after it. */
const tellsGaps: Rule = {
  clause: 'S5',
  start: (_setup, fail, books) => {
    interface Progress {
      last: number | undefined;
      epoch: number;
      /** Epochs in which a gap was reported for a lost connection. */
      readonly told: Set<number>;
      wasTold: boolean;
      /** Updates since the last one that were told as unreadable. */
      unreadable: number;
      holes: number;
      /** An epoch whose first update came without a gap. */
      untold?: number;
    }
    const channels = new Map<number, Progress>();
    return {
      subscribed: ({ channel }) =>
        void channels.set(channel, {
          last: undefined,
          epoch: books.epoch,
          told: new Set(),
          wasTold: false,
          unreadable: 0,
          holes: 0,
        }),
      gap: ({ channel, cause, epoch }) => {
        const progress = channels.get(channel);
        if (!progress) return;
        progress.wasTold = true;
        if (cause === 'disconnect' && progress.told.has(epoch))
          fail(`channel ${channel} was told twice of the gap before epoch ${epoch}`);
        progress.told.add(epoch);
      },
      // One that cannot be read is told as an error.
      'channel-error': ({ channel, code, isOwn }) => {
        const progress = channels.get(channel);
        if (progress && code === 'PROTOCOL_ERROR' && !isOwn) progress.unreadable++;
      },
      update: ({ channel, sequence, epoch, gap }) => {
        const progress = channels.get(channel);
        if (!progress) return fail(`channel ${channel} heard an update before it was subscribed`);
        // What it held from before its confirmation may be older than that.
        if (progress.last === undefined) progress.epoch = Math.min(epoch, progress.epoch);
        progress.wasTold ||= gap;
        // Where the session goes on nothing was missed.
        const { topic = '' } = books.channels.get(channel) ?? {};
        const isNewEpoch = epoch !== progress.epoch && !books.resumed.has(topic) && !books.hasGoneOn(topic, epoch);
        if (isNewEpoch && !progress.told.has(epoch) && !gap) progress.untold ??= epoch;
        progress.epoch = epoch;
        if (sequence === undefined) return;
        const { last } = progress;
        if (last !== undefined && sequence <= last) fail(`channel ${channel} heard ${sequence} after ${last}`);
        const isTold = progress.wasTold || isNewEpoch;
        const hole = last === undefined ? 0 : sequence - last - 1 - progress.unreadable;
        if (!isTold) progress.holes += Math.max(0, hole);
        progress.unreadable = 0;
        progress.last = sequence;
        progress.wasTold = false;
      },
      resumed: ({ channel, epoch }) => {
        const progress = channels.get(channel);
        if (books.resumed.has(books.channels.get(channel)?.topic ?? '')) return;
        if (progress && !progress.wasTold && !progress.told.has(epoch) && epoch !== progress.epoch)
          fail(`channel ${channel} was resumed in epoch ${epoch} without a gap`);
      },
      'channel-stats': ({ channel, dropped }) => {
        const { holes = 0, untold } = channels.get(channel) ?? {};
        if (untold !== undefined) fail(`channel ${channel} heard an update of epoch ${untold} before the gap`);
        if (holes > dropped) fail(`channel ${channel} missed ${holes} updates silently, and counts ${dropped}`);
      },
    };
  },
};

/** The updates of a channel that it has to hand over, drop or keep. */
interface Account {
  readonly queue: number[];
  /** Those that it may also miss. */
  readonly optional: Set<number>;
  skipped: number;
  unreadable: number;
}

const emptyAccount = (): Account => ({ queue: [], optional: new Set(), skipped: 0, unreadable: 0 });

/** S7: each update that was handed out reaches each channel of its topic, waits there, or is counted as dropped. */
const losesNothing: Rule = {
  clause: 'S7',
  start: ({ read }, fail, books) => {
    const expected = new Map<number, Account>();
    /** What the login of the live connection keeps until its answer. */
    const kept: { readonly channel: number; readonly sequence: number }[] = [];
    /** The same by topic: a channel that is made meanwhile may get it, too. */
    const keptOf: { readonly topic: string; readonly sequence: number }[] = [];
    let isLeft = false;
    // What a login keeps of a connection that the client leaves may be handed on, or not.
    const forget = () => {
      if (!isLeft) return;
      isLeft = false;
      for (const { channel, sequence } of kept.splice(0)) {
        const { queue, optional } = expected.get(channel) ?? emptyAccount();
        const place = queue.lastIndexOf(sequence);
        if (place < 0) continue;
        queue.splice(place, 1);
        optional.add(sequence);
      }
    };
    return {
      transition: ({ from, to }) => {
        if (to === 'connected') forget();
        if (to === 'authenticating') keptOf.length = 0;
        if (from !== 'authenticating') return;
        isLeft = to !== 'ready';
        if (!isLeft) kept.length = 0;
      },
      step: forget,
      subscribe: ({ channel, topic }) => {
        const account = emptyAccount();
        expected.set(channel, account);
        if (books.state !== 'authenticating') return;
        for (const one of keptOf) if (one.topic === topic) account.optional.add(one.sequence);
      },
      handed: ({ text }) => {
        const { kind, topic, sequence } = read(text);
        if (topic === undefined) return;
        if (kind === 'unreadable') {
          for (const { number, topic: own } of books.channels.values()) {
            const account = expected.get(number);
            if (own === topic && account) account.unreadable++;
          }
        }
        if (sequence === undefined) return;
        if (books.state === 'authenticating') keptOf.push({ topic, sequence });
        for (const { number, topic: own } of books.channels.values()) {
          if (own !== topic) continue;
          expected.get(number)?.queue.push(sequence);
          if (books.state === 'authenticating') kept.push({ channel: number, sequence });
        }
      },
      // One that cannot be read is told as an error.
      'channel-error': ({ channel, code, isOwn }) => {
        const account = expected.get(channel);
        if (account && code === 'PROTOCOL_ERROR' && !isOwn) account.unreadable--;
      },
      update: ({ channel, sequence }) => {
        const account = expected.get(channel);
        if (!account || sequence === undefined || account.optional.delete(sequence)) return;
        while (account.queue.length > 0 && account.queue[0] !== sequence) {
          account.queue.shift();
          account.skipped++;
        }
        if (account.queue.shift() === undefined) fail(`channel ${channel} heard ${sequence}, which was not handed out`);
      },
      'channel-stats': ({ channel, dropped, buffered, isUnderWay }) => {
        const { queue, optional, skipped, unreadable } = expected.get(channel) ?? emptyAccount();
        const missing = queue.length + skipped + unreadable;
        const difference = missing - dropped - buffered;
        const isKept = books.state === 'authenticating' && difference > 0;
        const isOptional = difference < 0 && -difference <= optional.size;
        if (difference !== 0 && !isKept && !isOptional && !(isUnderWay && difference === 1))
          fail(`channel ${channel} missed ${missing} updates, drops ${dropped} and buffers ${buffered}`);
      },
    };
  },
};

/** R7: frames in wire order, none of a socket that was left, and code behind an `await` before the next frame. */
const handsOutInOrder: Rule = {
  clause: 'R7',
  start: ({ read }, fail, books) => {
    let queue: string[] = [];
    /** Calls that were written on this connection, by their ids. A login may keep what answers a call of the last one. */
    const written = new Map<string | number, number>();
    const open = new Set<number>();
    /** The call whose answer was handed out, until its code has run. */
    let due: number | undefined;
    return {
      dial: () => {
        queue = [];
        written.clear();
      },
      in: ({ socket, text }) => {
        if (socket === books.socket?.number && books.socket.state === 'live') queue.push(text);
      },
      request: ({ call }) => void open.add(call),
      out: ({ text }) => {
        const { id, mark } = read(text);
        if (id !== undefined && mark !== undefined) written.set(id, mark);
      },
      settled: ({ call }) => {
        if (due === call) due = undefined;
        open.delete(call);
      },
      handed: ({ text }) => {
        if (due !== undefined) fail(`a frame was handed out before the code behind call ${due} had run`);
        due = undefined;
        const next = queue.shift();
        if (next === undefined) fail(`a frame was handed out that is not of the live socket: ${text}`);
        else if (next !== text) fail(`handed out ${text}, and the next on the wire was ${next}`);
        const { id } = read(text);
        const call = id === undefined ? undefined : written.get(id);
        if (call !== undefined && open.has(call)) due = call;
      },
    };
  },
};

export const deliveryRules: readonly Rule[] = [isQuietAfterwards, tellsGaps, losesNothing, handsOutInOrder];
