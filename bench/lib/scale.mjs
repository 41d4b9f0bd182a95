/**
 * How much a row measures. `runs` are processes of each contestant, `rounds` are turns of processes that stay alive.
 * @typedef {{ readonly runs: number, readonly rounds: number, readonly few: boolean, readonly long: boolean }} Scale
 */

/** @returns {Scale} */
export function scaleOf({ quick, long, runs }) {
  return { runs: Number(runs ?? (quick ? 3 : 9)), rounds: Number(runs ?? (quick ? 5 : 31)), few: quick, long };
}
