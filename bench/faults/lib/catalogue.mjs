import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a fault is given.
 * @typedef {object} Bench
 * @property {import('./client-process.mjs').ClientProcess} client
 * @property {import('../servers/protocol-server.mjs').ProtocolServer} server
 * @property {import('./fault-proxy.mjs').FaultProxy} proxy
 * @property {import('./durations.mjs').Durations} durations
 * @property {import('../clients/client.mjs').Adapter} adapter
 */

/**
 * @typedef {object} Fault
 * @property {string} id as in F3
 * @property {string} title
 * @property {readonly import('../clients/client.mjs').Ability[]} needs what a client must be able to do for it; the first is
 *   what the connection is opened for
 * @property {boolean} [isDefault] the client gets its defaults alone, without the options that are off by default
 * @property {boolean} [isAlone] it measures the processor, so that nothing else may run at the same time
 * @property {boolean} [isHeavy] few of it may run at a time
 * @property {(durations: import('./durations.mjs').Durations) => string[]} [topics] the topics that it uses
 * @property {(durations: import('./durations.mjs').Durations) => number} [fleet] the number of clients, where not one
 * @property {(bench: Bench) => Promise<import('./verdict.mjs').Verdict>} run
 */

/** In the order of the table's columns: ours first, then by the alphabet. */
export const clientNames = [
  'hpx-transport-ws',
  ...namesIn('clients').filter((name) => !['client', 'hpx-transport-ws'].includes(name)),
];

const faultFiles = namesIn('faults').sort();

export const faultIds = faultFiles.map((name) => `F${Number.parseInt(name.slice(1), 10)}`);

/** @param {string} name @returns {Promise<import('../clients/client.mjs').Adapter>} */
export async function adapterOf(name) {
  return (await import(`../clients/${name}.mjs`)).default;
}

/** @param {string} id @returns {Promise<Fault>} */
export async function faultOf(id) {
  return (await import(`../faults/${faultFiles[faultIds.indexOf(id)]}.mjs`)).default;
}

/** @param {string} folder */
function namesIn(folder) {
  const files = readdirSync(join(import.meta.dirname, '..', folder));
  return files.filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -'.mjs'.length));
}
