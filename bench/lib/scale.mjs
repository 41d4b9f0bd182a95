/**
 * How much a row measures.
 * @typedef {{ readonly runs: number, readonly few: boolean, readonly long: boolean }} Scale
 */

/** @returns {Scale} */
export function scaleOf({ quick, long, runs }) {
  return { runs: Number(runs ?? (quick ? 3 : 9)), few: quick, long };
}
