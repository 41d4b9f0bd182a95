import { updatesRow } from '../lib/updates-row.mjs';

const TOPICS = 2_000;

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default ({ rounds, few }) => {
  const phase = { topics: TOPICS, limit: 1.05 };
  return updatesRow({
    title: '2,000 topics over TLS and over permessage-deflate: CPU of the whole process',
    rounds,
    secure: true,
    phases: [
      { ...phase, suffix: 'Tls', label: 'TLS', link: 'tls', count: few ? 30_000 : 60_000 },
      { ...phase, suffix: 'Deflate', label: 'permessage-deflate', link: 'deflate', count: few ? 3_000 : 6_000 },
    ],
    ours: [{ name: 'hpx-transport-ws', reader: 'listener', complete: true }],
  });
};
