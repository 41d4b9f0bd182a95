import { failed } from './verdict.mjs';

/**
 * Opens the client's connection, and waits until it and the server hold it to be usable.
 * @param {import('./catalogue.mjs').Bench} bench
 * @returns {Promise<import('./verdict.mjs').Verdict | undefined>} a verdict where that fails
 */
export async function connect({ client, server, durations }) {
  const open = client.do('open');
  const isOpen = await client.settled(open, durations.connecting);
  if (isOpen && (await server.until(() => server.sessions > 0, durations.connecting))) return undefined;
  return failed('did not connect');
}

/**
 * Waits until the client has come back.
 * @param {import('./catalogue.mjs').Bench} bench
 * @param {number} before the sessions that the server had seen
 */
export function isBack({ server, durations }, before) {
  return server.until(() => server.sessions > before, durations.recovery);
}
