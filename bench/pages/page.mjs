import { idle } from './idle.mjs';
import { latest } from './latest.mjs';
import { parse } from './parse.mjs';
import { receive } from './receive.mjs';
import { worker } from './worker.mjs';

/**
 * A page that shows the newest price of each topic at 60 Hz. Where prices come from differs, the display does not.
 * @typedef {{ received: number, frames: number, parsed: number }} Counters
 * @typedef {(url: string, topics: string[], prices: Map<string, unknown>, counters: Counters) => Promise<() => unknown>} Feed
 */

/** @type {Record<string, Feed>} */
const feeds = { idle, receive, parse, latest, worker };
const prices = new Map();
const cells = new Map();
const counters = { received: 0, frames: 0, parsed: 0 };

function draw() {
  for (const [topic, cell] of cells) cell.textContent = prices.get(topic) ?? '';
  counters.frames++;
  requestAnimationFrame(draw);
}

/** What the program that measures calls. */
globalThis.bench = {
  show: (topics) => {
    for (const topic of topics) cells.set(topic, document.body.appendChild(document.createElement('div')));
    requestAnimationFrame(draw);
  },
  start: async (name, url) => {
    globalThis.bench.stop = await feeds[name](url, [...cells.keys()], prices, counters);
  },
  stop: undefined,
  counters: () => ({ ...counters }),
};
