/** A row that compares requests. Its measures are time and CPU per request. */
export function requestsRow({ title, program, label, reference, limit, runs, options, peers = [] }) {
  const contestant = (name, kind, protocol, client) => ({
    name,
    kind,
    program,
    protocol,
    options: { ...options, client },
  });
  return {
    title,
    runs,
    measures: [
      { key: 'wall', label, unit: 'µs', limit },
      { key: 'cpu', label: 'CPU per request', unit: 'µs' },
    ],
    contestants: [
      contestant(reference, 'reference', 'plain', 'ws'),
      contestant('hpx-transport-ws', 'ours', 'plain', 'hpx-transport-ws'),
      contestant('hpx-transport-ws, BybitHandler', 'ours', 'bybit', 'hpx-transport-ws-bybit'),
      ...peers.map(({ name, protocol }) => contestant(name, 'peer', protocol, name)),
    ],
  };
}
