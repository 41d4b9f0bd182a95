/** A row that counts defects. Each count must be zero on every machine. */
export function stressRow({ title, program, options, unit = 'µs', per, faults }) {
  return {
    title,
    runs: 1,
    measures: [
      { key: 'wall', label: `time per ${per}`, unit },
      ...faults.map(([key, label, limit = 0]) => ({ key, label, unit: limit === 0 ? '' : 'B', limit, required: true })),
    ],
    contestants: [
      { name: 'hpx-transport-ws', kind: 'ours', program, protocol: 'plain', options, nodeFlags: ['--expose-gc'] },
    ],
  };
}
