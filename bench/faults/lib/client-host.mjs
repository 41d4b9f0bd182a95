// The process of one client: does what it is told, and tells what came of it. It handles no rejection and no exception that
// the client leaves unhandled.
import { setTimeout as delay } from 'node:timers/promises';

/** What a slow consumer needs for one value. */
const SLOWNESS = 2;

const [name, settingText] = process.argv.slice(2);
const { default: adapter } = await import(`../clients/${name}.mjs`);
const client = adapter.create(JSON.parse(settingText));

const tell = (message) => process.connected && process.send?.(message);
const tellValue = (value) => tell({ kind: 'value', value });

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
  tellValue(value);
  await delay(SLOWNESS);
}

/** Each with the arguments of its command; what it returns settles the command. */
const commands = {
  open: () => client.open(),
  close: () => client.close(),
  request: (text, options) => client.request(text, options),
  /** Nobody looks at what becomes of it: it must not be returned. */
  fire: (text) => {
    client.fire(text);
  },
  subscribe: (topic) => client.subscribe(topic, tellValue),
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
  tell({ kind: 'outcome', label, state: 'pending' });
  try {
    const value = await commands[command](...parameters);
    const detail = ['number', 'string'].includes(typeof value) ? value : undefined;
    tell({ kind: 'outcome', label, state: 'resolved', detail });
  } catch (reason) {
    tell({ kind: 'outcome', label, state: 'rejected', detail: messageOf(reason) });
  }
});
tell({ kind: 'hello' });
