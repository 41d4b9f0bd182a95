/** How long things take, in milliseconds, and how many there are. Any of them can be set: `--set halfOpen=60000`. */
export const defaults = {
  /** Connecting, on loopback, at the start of each fault. */
  connecting: 15_000,
  /** What a client has to come back in when its server is well again. */
  recovery: 45_000,
  /** What a request has to settle in; the default timeouts of all clients are shorter. */
  settling: 60_000,
  /** What close() has to resolve in. */
  closing: 5_000,
  /** How long is watched that something does not happen any more. */
  watching: 5_000,
  /** F1 */
  slamming: 10_000,
  slammedConnections: 50,
  /** F2 */
  halfOpen: 120_000,
  /** F4, F12 */
  refusing: 6_000,
  /** F7: how long a back-off may take to grow, what a process has to exit in after close(), how long is waited for it. */
  backOff: 25_000,
  leaving: 2_000,
  lingering: 40_000,
  /** F8 */
  fleet: 1_000,
  opening: 90_000,
  outage: 12_000,
  quiet: 45_000,
  /** F13 */
  unanswered: 1_000,
  /** F14 */
  subscriptions: 4_000,
  blocking: 500,
  /** F16 */
  burst: 1_000,
  /** F17 */
  idle: 120_000,
};

/** @typedef {typeof defaults} Durations */

/** @param {readonly string[]} settings as in `halfOpen=60000` @returns {Durations} */
export function durationsWith(settings) {
  const durations = { ...defaults };
  for (const setting of settings) {
    const [name, value] = setting.split('=');
    if (!(name in defaults) || !(Number(value) >= 0)) throw new Error(`Unknown duration: ${setting}`);
    durations[name] = Number(value);
  }
  return durations;
}
