// The process of a fleet: many clients, and the time at which each tries to connect. That time is the client's own, nominal
// one: what its timers were set to, not when a busy machine let them run, so that load does not spread a crowd out.
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';

const PACE = { clients: 50, pause: 100 };

const [name, settingText] = process.argv.slice(2);
const setting = JSON.parse(settingText);

/** @typedef {{ number: number, now: number }} Member a client of the fleet, and its time */
/** Follows each client through its sockets, timers and promises. @type {AsyncLocalStorage<Member>} */
const running = new AsyncLocalStorage();
/** When the outage began; before, nominal and real time are the same. */
let start = Number.NaN;

const tell = (message) => process.connected && process.send?.(message);
const timeOf = (member) => (Number.isNaN(start) ? performance.now() : Math.max(start, member.now));

/** @param {typeof setTimeout | typeof setInterval} set */
function nominal(set) {
  return (callback, duration = 0, ...parameters) => {
    const member = running.getStore();
    let due = member ? timeOf(member) : 0;
    const fire = (...values) => {
      due += Math.max(1, duration);
      if (member) member.now = Math.max(member.now, due);
      return callback(...values);
    };
    return set(fire, duration, ...parameters);
  };
}

// Before a client is loaded, as it may keep what it finds.
globalThis.setTimeout = nominal(globalThis.setTimeout);
globalThis.setInterval = nominal(globalThis.setInterval);
const { default: adapter } = await import(`../clients/${name}.mjs`);

subscribe('net.client.socket', () => {
  const member = running.getStore();
  if (member && !Number.isNaN(start))
    tell({ kind: 'value', value: { client: member.number, at: timeOf(member) - start } });
});

const commands = {
  async open() {
    for (let number = 0; number < setting.fleet; number++) {
      const member = { number, now: 0 };
      running.run(member, () => Promise.resolve(adapter.create(setting).open()).catch(() => {}));
      if (number % PACE.clients === 0) await delay(PACE.pause);
    }
  },
  /** From now on the process reports attempts. */
  begin() {
    start = performance.now();
  },
};

process.on('message', async ({ label, command }) => {
  await commands[command]();
  tell({ kind: 'outcome', label, state: 'resolved' });
});
tell({ kind: 'hello' });
