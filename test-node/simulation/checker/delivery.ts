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
      holes: number;
      /** An epoch whose first update came without a gap. */
      untold?: number;
    }
    const channels = new Map<number, Progress>();
    return {
      subscribed: ({ channel }) =>
        void channels.set(channel, { last: undefined, epoch: books.epoch, told: new Set(), wasTold: false, holes: 0 }),
      gap: ({ channel, cause, epoch }) => {
        const progress = channels.get(channel);
        if (!progress) return;
        progress.wasTold = true;
        if (cause === 'disconnect' && progress.told.has(epoch))
          fail(`channel ${channel} was told twice of the gap before epoch ${epoch}`);
        progress.told.add(epoch);
      },
      // One that cannot be read is told as an error.
      'channel-error': ({ channel, code }) => {
        const progress = channels.get(channel);
        if (progress && code === 'PROTOCOL_ERROR') progress.wasTold = true;
      },
      update: ({ channel, sequence, epoch, gap }) => {
        const progress = channels.get(channel);
        if (!progress) return fail(`channel ${channel} heard an update before it was subscribed`);
        // What it held from before its confirmation may be older than that.
        if (progress.last === undefined) progress.epoch = Math.min(epoch, progress.epoch);
        progress.wasTold ||= gap;
        const isNewEpoch = epoch !== progress.epoch;
        if (isNewEpoch && !progress.told.has(epoch) && !gap) progress.untold ??= epoch;
        progress.epoch = epoch;
        if (sequence === undefined) return;
        const { last } = progress;
        if (last !== undefined && sequence <= last) fail(`channel ${channel} heard ${sequence} after ${last}`);
        const isTold = progress.wasTold || isNewEpoch;
        if (last !== undefined && sequence > last + 1 && !isTold) progress.holes += sequence - last - 1;
        progress.last = sequence;
        progress.wasTold = false;
      },
      resumed: ({ channel, epoch }) => {
        const progress = channels.get(channel);
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

/** S7: each update that was handed out reaches each channel of its topic, waits there, or is counted as dropped. */
const losesNothing: Rule = {
  clause: 'S7',
  start: ({ read }, fail, books) => {
    const expected = new Map<number, { queue: number[]; skipped: number; unreadable: number }>();
    return {
      subscribe: ({ channel }) => void expected.set(channel, { queue: [], skipped: 0, unreadable: 0 }),
      handed: ({ text }) => {
        const { kind, topic, sequence } = read(text);
        if (topic === undefined) return;
        if (kind === 'unreadable') {
          for (const { number, topic: own } of books.channels.values()) {
            const account = expected.get(number);
            if (own === topic && account) account.unreadable++;
          }
        }
        if (kind !== 'update' || sequence === undefined) return;
        for (const { number, topic: own } of books.channels.values())
          if (own === topic) expected.get(number)?.queue.push(sequence);
      },
      update: ({ channel, sequence }) => {
        const account = expected.get(channel);
        if (!account || sequence === undefined) return;
        while (account.queue.length > 0 && account.queue[0] !== sequence) {
          account.queue.shift();
          account.skipped++;
        }
        if (account.queue.shift() === undefined) fail(`channel ${channel} heard ${sequence}, which was not handed out`);
      },
      'channel-stats': ({ channel, dropped, buffered, isUnderWay }) => {
        const { queue, skipped, unreadable } = expected.get(channel) ?? { queue: [], skipped: 0, unreadable: 0 };
        const missing = queue.length + skipped;
        const difference = missing - dropped - buffered;
        // What cannot be read is told as an error, or is dropped unseen.
        if (difference < 0 && difference >= -unreadable) return;
        if (difference !== 0 && !(isUnderWay && difference === 1))
          fail(`channel ${channel} missed ${missing} updates, drops ${dropped} and buffers ${buffered}`);
      },
    };
  },
};

export const deliveryRules: readonly Rule[] = [isQuietAfterwards, tellsGaps, losesNothing];
