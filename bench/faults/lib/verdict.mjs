/** @typedef {{ passed: boolean | null, what: string }} Verdict what happened; null where the fault does not apply */

/** @param {string} [what] what was measured @returns {Verdict} */
export function passed(what = '') {
  return { passed: true, what };
}

/** @param {string} what what happened instead @returns {Verdict} */
export function failed(what) {
  return { passed: false, what };
}

/** @param {string} why @returns {Verdict} */
export function inapplicable(why) {
  return { passed: null, what: why };
}

/** @param {number} duration in milliseconds */
export function seconds(duration) {
  return `${(duration / 1_000).toFixed(duration < 9_950 ? 1 : 0)} s`;
}

/** @param {Verdict} verdict @returns {string} a cell of the table */
export function textOf({ passed: isPassed, what }) {
  if (isPassed === null) return `– (${what})`;
  if (!isPassed) return what;
  return what ? `passed (${what})` : 'passed';
}
