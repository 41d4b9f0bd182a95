import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Gate } from './gate.mjs';
import { failed } from './verdict.mjs';

const CELL = join(import.meta.dirname, 'cell.mjs');
/** Milliseconds; longer than any fault takes, whatever the client does. */
const LIMIT = 420_000;

/** To start processes is the only work here: so many at a time. */
const gate = new Gate(3);

/**
 * Runs one fault against one client in processes of their own, and ends them.
 * @param {string} client
 * @param {string} fault
 * @param {import('./durations.mjs').Durations} durations
 * @returns {Promise<import('./verdict.mjs').Verdict>}
 */
export async function runCell(client, fault, durations) {
  const leave = await gate.enter();
  return new Promise((resolve, reject) => {
    const cell = fork(CELL, [client, fault, JSON.stringify(durations)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    cell.stderr?.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const timer = setTimeout(() => {
      resolve(failed(`hung: no result in ${LIMIT / 1_000} s`));
      cell.kill('SIGKILL');
    }, LIMIT);
    cell.on('message', (message) => {
      if (message === 'started') leave();
      else resolve(message);
    });
    cell.on('close', () => {
      leave();
      clearTimeout(timer);
      reject(new Error(`${client} × ${fault} had no result.\n${errors}`));
    });
  });
}
