import { expect, it } from 'vitest';
import type { ConnectionOptions } from '../../src/cli/arguments.js';
import { protocolOf } from '../../src/cli/handlers.js';

const OPTIONS: ConnectionOptions = {
  url: undefined,
  venue: undefined,
  topics: [],
  send: [],
  headers: {},
  duration: Infinity,
  reconnects: true,
};

it.each([
  ['binance', 'BinanceHandler', /^wss:\/\/stream\.binance\.com/],
  ['bybit', 'BybitHandler', /^wss:\/\/stream\.bybit\.com\/.*public/],
  ['deribit', 'DeribitHandler', /^wss:\/\/www\.deribit\.com/],
  ['ethereum', 'EthereumHandler', /^wss:/],
  ['okx', 'OkxHandler', /^wss:\/\/ws\.okx\.com.*public/],
] as const)('--venue %s speaks its protocol, at its public URL if none is given [RC2]', async (venue, name, url) => {
  const usual = await protocolOf({ ...OPTIONS, venue });
  expect([usual.handler.constructor.name, usual.url]).toEqual([name, expect.stringMatching(url)]);
  expect((await protocolOf({ ...OPTIONS, venue, url: 'ws://own.test/' })).url).toBe('ws://own.test/');
});
