/**
 * A row that receives updates. Its measures are CPU and time per update, for each phase.
 * @param {{
 *   title: string,
 *   rounds: number,
 *   secure?: boolean,
 *   showsReads?: boolean,
 *   phases: (import('../programs/updates.mjs').Phase & { label: string, limit?: number | Record<string, number>, highest?: number })[],
 *   baselines?: { name: string, mode: string }[],
 *   ours: { name: string, reader?: string, client?: string, protocol?: string, complete?: boolean }[],
 *   peers?: { name: string, protocol: string, complete?: boolean }[],
 * }} row - each contestant may have fewer `phases`
 */
export function updatesRow({
  title,
  rounds,
  secure = false,
  showsReads = false,
  phases,
  baselines = [],
  ours,
  peers = [],
}) {
  const contestant = (
    kind,
    { name, protocol = 'plain', client, clientOptions = {}, complete, phases: own = phases },
  ) => ({
    name,
    kind,
    program: 'updates',
    protocol,
    secure,
    options: { client, clientOptions, complete, phases: own.map(({ label, limit, highest, ...phase }) => phase) },
  });
  return {
    title,
    rounds,
    measures: phases.flatMap(({ suffix, label, limit, highest }) => [
      { key: `cpu${suffix}`, label: `CPU per update, ${label}`, unit: 'µs', limit, highest },
      { key: `wall${suffix}`, label: `time per update, ${label}`, unit: 'µs' },
      ...(showsReads
        ? [{ key: `frames${suffix}`, label: `updates in a read, ${label}`, unit: '', absolute: true }]
        : []),
    ]),
    contestants: [
      contestant('reference', { name: 'floor: ws + JSON.parse + Map + call', client: 'ws', complete: true }),
      ...baselines.map(({ name, mode }) => contestant('baseline', { name, client: 'ws', clientOptions: { mode } })),
      ...ours.map(({ reader, client = 'hpx-transport-ws', ...settings }) =>
        contestant('ours', { ...settings, client, clientOptions: { reader } }),
      ),
      ...peers.map(({ name, complete = true, ...settings }) =>
        contestant('peer', { ...settings, name, client: name, complete }),
      ),
    ],
  };
}
