import type { Expirable } from '../util/deadline-queue.js';
import type { Deferred } from '../util/deferred.js';

/** The resyncs of one topic. */
export interface ResyncRecord {
  lastAt: number;
  delay: number;
  /** The resync that waits for its time. */
  next: (Deferred<void> & Expirable) | undefined;
  /** Calls that the next confirmation resolves, if it is not of the frame `unmetBy`. */
  running: Deferred<void>[];
  /** The value of the subscription's `asks` whose confirmation brings nothing new: the topic has to be ended first. */
  unmetBy: number;
}
