import 'zone.js';
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';

const url = process.argv[2];
const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

/** What Angular does: it counts the timers of its zone, and is stable when none is left. */
let hasTimer = false;
const zone = Zone.current.fork({
  name: 'angular',
  onHasTask: (_delegate, _current, _target, { change, macroTask }) => {
    if (change === 'macroTask') hasTimer = macroTask;
  },
});

await zone.run(async () => {
  const client = await WebSocketClient.connect({ url, pingInterval: 0 }, new GenericJsonHandler());
  await client.request({ op: 'echo' });
  const trades = await client.subscribe('trades');
  strictEqual(hasTimer, false, 'a timer is left though nothing is pending');

  const failed = [];
  client.on('error', (error) => failed.push(error.message));
  trades.on('message', async () => {
    throw new Error('async function');
  });
  trades.on('message', () => new Promise((_resolve, reject) => setTimeout(reject, 1, new Error('zone promise'))));
  trades.on('message', () => Promise.reject(new Error('rejected promise')));
  await client.request({ op: 'publish' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  strictEqual(failed.length, 3);
  for (const what of [/async function/, /zone promise/, /rejected promise/]) match(failed.join(), what);
  await client.close();
});
deepStrictEqual(unhandled, []);
