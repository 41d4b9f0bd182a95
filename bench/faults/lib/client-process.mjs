import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Watched } from './watched.mjs';

/** @typedef {{ state: 'sent' | 'pending' | 'resolved' | 'rejected', detail?: string | number }} Outcome */

/** The process that a client lives in, seen from outside. */
export class ClientProcess extends Watched {
  /** The values that the client handed out; of a fleet, its attempts. @type {any[]} */
  values = [];
  /** @type {{ code: number | null, error: string } | undefined} */
  exit;
  #isGreeted = false;
  #commands = 0;
  /** @type {Map<string, Outcome>} */
  #outcomes = new Map();
  #errors = '';
  #process;

  /** @param {string} host client-host or fleet-host @param {string} name @param {object} setting */
  constructor(host, name, setting) {
    super();
    this.#process = fork(join(import.meta.dirname, `${host}.mjs`), [name, JSON.stringify(setting)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.on('message', (message) => this.#hear(message));
    this.#process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#errors += text;
    });
    this.#process.on('close', (code) => {
      this.exit = { code, error: firstErrorOf(this.#errors) };
      this.changed();
    });
  }

  /** @param {number} limit */
  async greeted(limit) {
    if (!(await this.until(() => this.#isGreeted || this.exit !== undefined, limit)) || this.exit) {
      throw new Error(`The client's process did not start. ${this.#errors}`);
    }
  }

  /**
   * Tells the client to do something; nothing is waited for.
   * @param {string} command see client-host.mjs
   * @param {...unknown} parameters
   * @returns {string} the label under which its outcome is found
   */
  do(command, ...parameters) {
    const label = `${command} ${++this.#commands}`;
    this.#outcomes.set(label, { state: 'sent' });
    if (this.#process.connected) this.#process.send({ label, command, parameters });
    return label;
  }

  /** @param {string} label @returns {Outcome} */
  outcome(label) {
    return this.#outcomes.get(label) ?? { state: 'sent' };
  }

  /** @param {string} label */
  isSettled(label) {
    return ['resolved', 'rejected'].includes(this.outcome(label).state);
  }

  /** @param {string} label @param {number} limit @returns {Promise<boolean>} whether it settled in time */
  settled(label, limit) {
    return this.until(() => this.isSettled(label), limit);
  }

  /** @param {string} label @param {number} limit @returns {Promise<boolean>} whether the client reported it in time */
  started(label, limit) {
    return this.until(() => this.outcome(label).state !== 'sent', limit);
  }

  kill() {
    this.#process.kill('SIGKILL');
  }

  #hear(message) {
    if (message.kind === 'hello') this.#isGreeted = true;
    if (message.kind === 'value') this.values.push(message.value);
    if (message.kind === 'outcome') this.#outcomes.set(message.label, message);
    this.changed();
  }
}

/** The line in which Node says why it ended. @param {string} errors */
function firstErrorOf(errors) {
  const line = errors.split('\n').find((text) => /^\S*(Error|Rejection)\b|\bcode: '|reason /.test(text.trim()));
  return line?.includes('UnhandledPromiseRejection') ? 'an unhandled rejection' : (line ?? '').trim().slice(0, 120);
}
