import type { Expirable } from '../util/deadline-queue.js';
import type { Deferred } from '../util/deferred.js';

/** The resyncs of one topic. */
export interface ResyncRecord {
  lastAt: number;
  delay: number;
  /** The resync that waits for its time. */
  next: (Deferred<void> & Expirable) | undefined;
  /** Calls that the next confirmation resolves. */
  running: Deferred<void>[];
}
