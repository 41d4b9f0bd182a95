import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

export const platforms = [
  {
    title: 'platforms: without a WebSocket a client ends with a final typed error',
    run: (lab) => lab.node(['platforms/without-websocket.mjs']),
  },
  {
    title: 'platforms: no build has a static block, which Hermes and older bundlers do not read',
    run: (lab) => {
      const dist = lab.path('node_modules/hpx-transport-ws/dist');
      const files = readdirSync(dist, { recursive: true }).filter((file) => /\.c?js$/.test(file));
      const faulty = files.filter((file) => /\bstatic\s*\{/.test(readFileSync(`${dist}/${file}`, 'utf8')));
      deepStrictEqual(faulty, []);
    },
  },
];
