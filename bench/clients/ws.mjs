import { once } from 'node:events';
import WebSocket from 'ws';
import { linkOptions } from '../lib/link-options.mjs';

/**
 * The floor: ws, `JSON.parse`, a Map, a call.
 * `mode` takes parts of it away: `receive` stops at the text, `scan` at the topic, which is found without parsing, and
 * `hold` keeps the texts of each topic until the round is over.
 * @param {string} url
 * @param {{ mode?: 'receive' | 'scan' | 'hold', topicsPerFrame?: number, link?: string }} options
 */
export async function open(url, { mode, topicsPerFrame = Infinity, link } = {}) {
  const ws = new WebSocket(url, linkOptions(link));
  await once(ws, 'open');
  const listeners = new Map();
  const waiting = new Map();
  let nextId = 0;
  let length = 0;
  const held = new Map();

  const takers = {
    receive: (text) => {
      length += text.length;
      if (text.length < 100) parse(text);
    },
    scan: (text) => {
      if (listeners.has(topicOf(text))) length += text.length;
      if (text.length < 100) parse(text);
    },
    hold: (text) => {
      const topic = topicOf(text);
      if (!held.has(topic)) held.set(topic, []);
      held.get(topic).push(text);
      if (text.length < 100) parse(text);
    },
    parse,
  };
  function parse(text) {
    const frame = JSON.parse(text);
    if (frame.topic !== undefined) {
      listeners.get(frame.topic)?.(frame.data);
    } else {
      const resolve = waiting.get(frame.req_id);
      waiting.delete(frame.req_id);
      resolve?.(frame.data);
    }
  }
  const take = takers[mode ?? 'parse'];
  ws.on('message', (data) => take(data.toString()));

  function request(payload) {
    const req_id = String(++nextId);
    return new Promise((resolve) => {
      waiting.set(req_id, resolve);
      ws.send(JSON.stringify({ ...payload, req_id }));
    });
  }
  return {
    /** After a round. */
    finish: () => held.clear(),
    subscribe: (topics, listener) => {
      for (const topic of topics) listeners.set(topic, listener);
      const frames = [];
      for (let index = 0; index < topics.length; index += topicsPerFrame) {
        frames.push(request({ op: 'subscribe', args: topics.slice(index, index + topicsPerFrame) }));
      }
      return Promise.all(frames);
    },
    request: (value) => request({ op: 'echo', args: value }),
    /** A request that is never answered. */
    forget: (value) => request({ op: 'forget', args: value }),
    close: () => ws.close(),
  };
}

function topicOf(text) {
  const start = text.indexOf('"topic":"') + 9;
  return text.slice(start, text.indexOf('"', start));
}
