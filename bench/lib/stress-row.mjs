/** A row that counts what went wrong; what is required must be zero, whatever the machine. */
export function stressRow({ id, title, program, options, unit = 'µs', per, faults }) {
  return {
    id,
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
