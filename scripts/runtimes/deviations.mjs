/**
 * Tests of the contract suite that a runtime's own WebSocket fails and that no adapter can mend, as rows of `runtime`,
 * `adapter`, `test` (its title) and `does` (what happens instead). A row that no longer holds fails the run, so that the
 * list stays true. None is known.
 */
export const deviations = [];

/** Sorts the failures of one run of the suite into those that are known and those that are not. */
export function judge(runtime, adapter, failures) {
  const rows = deviations.filter((row) => row.runtime === runtime && row.adapter === adapter);
  const rowOf = ({ title }) => rows.find(({ test }) => title.endsWith(` > ${test}`));
  return {
    known: failures.map(rowOf).filter((row) => row !== undefined),
    unknown: failures.filter((failure) => rowOf(failure) === undefined),
    gone: rows.filter((row) => !failures.some((failure) => rowOf(failure) === row)),
  };
}
