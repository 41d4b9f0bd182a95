/** A row that receives updates as fast as it can. Its measures are CPU and time per update. */
export function updatesRow({ title, limit, runs, count, baselines = [], ours, peers = [] }) {
  const contestant = (name, kind, protocol, client, clientOptions, complete) => ({
    name,
    kind,
    program: 'updates',
    protocol,
    options: { client, clientOptions, count, complete },
  });
  return {
    title,
    runs,
    measures: [
      { key: 'cpu', label: 'CPU per update', unit: 'µs', limit },
      { key: 'wall', label: 'time per update', unit: 'µs' },
    ],
    contestants: [
      contestant('floor: ws + JSON.parse + Map + call', 'reference', 'plain', 'ws', {}, true),
      ...baselines.map(({ name, mode }) => contestant(name, 'baseline', 'plain', 'ws', { mode })),
      ...ours.map(({ name, reader, complete, protocol = 'plain', client = 'hpx-transport-ws' }) =>
        contestant(name, 'ours', protocol, client, { reader }, complete),
      ),
      ...peers.map(({ name, protocol, complete = true }) => contestant(name, 'peer', protocol, name, {}, complete)),
    ],
  };
}
