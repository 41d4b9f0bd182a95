// The process of one client: runs commands and reports their results. It handles no rejection and no exception that the client
// leaves unhandled.
import { setTimeout as delay } from 'node:timers/promises';

/** What a slow consumer needs for one value. */
const SLOWNESS = 2;

const [name, settingText] = process.argv.slice(2);
const { default: adapter } = await import(`../clients/${name}.mjs`);
const client = adapter.create(JSON.parse(settingText));

const report = (message) => process.connected && process.send?.(message);
const reportValue = (value) => report({ kind: 'value', value });

/** Milliseconds of processor time, which a busy machine does not stretch. */
let longestTurn = 0;

function watchTurns() {
  let last = process.cpuUsage();
  const turn = () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    longestTurn = Math.max(longestTurn, (user + system) / 1_000);
    setImmediate(turn);
  };
  setImmediate(turn);
}

async function readSlowly(value) {
  reportValue(value);
  await delay(SLOWNESS);
}

/** Each function gets the arguments of its command. Its result settles the command. */
const commands = {
  open: () => client.open(),
  close: () => client.close(),
  request: (text, options) => client.request(text, options),
  /** Returns nothing, so that the result of the request stays unhandled. */
  fire: (text) => {
    client.fire(text);
  },
  subscribe: (topic) => client.subscribe(topic, reportValue),
  subscribeMany(topics) {
    watchTurns();
    if (client.subscribeMany) return client.subscribeMany(topics);
    return Promise.all(topics.map((topic) => client.subscribe(topic, () => {})));
  },
  consume: (topic) => client.consume(topic, readSlowly),
  dropped: () => client.dropped?.() ?? 0,
  longestBlock: () => longestTurn,
  leave: () => process.disconnect(),
};

function messageOf(reason) {
  const message = reason?.message ?? reason?.retMsg ?? reason;
  return (typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message))).slice(0, 200);
}

process.on('message', async ({ label, command, parameters }) => {
  report({ kind: 'outcome', label, state: 'pending' });
  try {
    const value = await commands[command](...parameters);
    const detail = ['number', 'string'].includes(typeof value) ? value : undefined;
    report({ kind: 'outcome', label, state: 'resolved', detail });
  } catch (reason) {
    report({ kind: 'outcome', label, state: 'rejected', detail: messageOf(reason) });
  }
});
report({ kind: 'hello' });
