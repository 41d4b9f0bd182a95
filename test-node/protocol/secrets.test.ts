import { runInNewContext } from 'node:vm';
import { GenericJsonHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { maskUrl } from '../../src/util/mask-url.js';

const redact = (text: string) => new GenericJsonHandler().redact(text);

describe('the default redact()', () => {
  it.each([
    '{"apiKey":"S3CRET"}',
    '{"api-key" : "S3CRET", "sig":"S3CRET"}',
    '{"key":"S3CRET","pass":"S3CRET","pin":1,"otp":"S3CRET"}',
    '{"args":[{"apikey":"S3CRET","passphrase":"S3\\"CRET"}]}',
    '{"secret":{"a":["S3CRET"],"b":{"c":"S3CRET"}}}',
    '{"inner":"{\\"password\\":\\"S3CRET\\",\\"deep\\":\\"{\\\\\\"token\\\\\\":\\\\\\"S3CRET\\\\\\"}\\"}"}',
    '{"op":"auth","args":["S3CRET",1662350400000,"S3CRET"]}',
    '{"method":"public/login","params":["S3CRET"]}',
    '{"args":["S3CRET0123456789abcdef","a"]}',
    '{"url":"wss://user:S3CRET@venue.test/ws?listenKey=S3CRET#S3CRET"}',
    '{"body":"a=1&signature=S3CRET"}',
    'wss://user:S3CRET@venue.test/S3CRETS3CRETS3CRET?token=S3CRET',
    'op=login&sig=S3CRET',
    '[{"accessToken":"S3CRET"},{"listenKey":"S3CRET"}]',
    '{"op":"authentication","args":{"account":"S3CRET","n":"S3CRET"}}',
    '{"action":"authenticate","data":{"code":"S3CRET"}}',
    '["auth","S3CRET","S3CRET"]',
    '42["auth",{"account":"S3CRET"}]',
    '{"passcode":"S3CRET","pin":"S3CRET"}',
    'AUTH S3CRET S3CRET',
  ])('shows no secret of %s [CL43]', (text) => {
    expect(redact(text)).not.toContain('S3CRET');
    expect(redact(text)).not.toContain('S3\\"CRET');
  });

  it.each([
    '{"op":"subscribe","req_id":"4f90d13a42","args":["orderbook.50.BTCUSDT","trades.BTC"]}',
    '{"topic":"kline.1.BTC","data":{"price":0.1000,"size":12345678901234567890,"side":"buy"}}',
    '{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["logs",{"address":"0x8320fe7702b96808f7bbc0d4a888ed1468216cfd"}]}',
    '{"a":"x = 1","b":[1e5,true,null],"c":""}',
    'not JSON: {"a',
    '{"unfinished":"',
    '',
  ])('leaves %s as it is [CL43]', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('a URL that is shown', () => {
  it.each([
    ['wss://user:pw@venue.test:8443/ws/v2?token=x#y', 'wss://venue.test:8443/ws/v2'],
    ['wss://venue.test/stream/0123456789abcdef/on', 'wss://venue.test/stream/***/on'],
    ['wss://venue.test/0123-4567-89ab-cdef', 'wss://venue.test/***'],
    ['wss://venue.test/ws/550e8400-e29b-41d4-a716-446655440000', 'wss://venue.test/ws/***'],
    ['user:S3CRET@venue.test/x', '***'],
    ['no URL with S3CRET', '***'],
  ])('%s is %s [ER9]', (url, shown) => {
    expect(maskUrl(url)).toBe(shown);
  });
});

/** Milliseconds. In linear time it takes a thousandth of this, and in quadratic time hours: a guard, not a measurement. */
const GUARD = 10_000;

it.each([
  ['a word', 'x'.repeat(2_000_000)],
  ['digits', '7'.repeat(2_000_000)],
  ['white space', ' '.repeat(2_000_000)],
  ['dots', 'a.'.repeat(1_000_000)],
  ['a word in JSON', `{"topic":"t","data":"=${'x'.repeat(2_000_000)}"}`],
])('redact() takes no time that grows with the square of a frame: %s [CL30]', (_name, text) => {
  // A test cannot end a function that does not return; another context can.
  expect(runInNewContext('redact()', { redact: () => redact(text) }, { timeout: GUARD })).toBe(text);
});
