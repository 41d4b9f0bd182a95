import type { Clock } from '../runtime.js';

/** Unix milliseconds; `now()` for a clock without a wall time. */
export function wallTime(clock: Clock): number {
  return clock.wallTime ? clock.wallTime() : clock.now();
}
