/**
 * Tests of the contract suite that fail because of a runtime's own WebSocket, which no adapter can repair. A row has
 * `runtime`, `adapter`, `test` (the title) and `does` (what happens instead). The run fails when a test of the list passes,
 * so that the list stays true. The list is empty now.
 */
export const deviations = [];

/** Sorts the failures of one run of the suite into known and unknown failures. */
export function judge(runtime, adapter, failures) {
  const rows = deviations.filter((row) => row.runtime === runtime && row.adapter === adapter);
  const rowOf = ({ title }) => rows.find(({ test }) => title.endsWith(` > ${test}`));
  return {
    known: failures.map(rowOf).filter((row) => row !== undefined),
    unknown: failures.filter((failure) => rowOf(failure) === undefined),
    gone: rows.filter((row) => !failures.some((failure) => rowOf(failure) === row)),
  };
}
