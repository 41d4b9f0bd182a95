import { describe, expect, it } from 'vitest';
import { frame, routed, sent } from '../support/handlers.js';
import { BinanceStreamsHandler } from './venues/binance-streams.js';
import { BinanceApiHandler } from './venues/binance-wsapi.js';
import { BitgetHandler } from './venues/bitget.js';
import { BybitHandler } from './venues/bybit.js';
import { CoinbaseHandler } from './venues/coinbase.js';
import { DeribitHandler } from './venues/deribit.js';
import { HtxHandler } from './venues/htx.js';
import { KrakenHandler } from './venues/kraken.js';
import { OkxHandler } from './venues/okx.js';

// What real venues ask of a handler, row by row. Values are invented, names and structure are those of the venue.

describe('7: keep-alive', () => {
  it.each([
    '{"success":true,"ret_msg":"pong","conn_id":"5f0c","req_id":"p-1","op":"ping"}',
    '{"success":true,"ret_msg":"pong","conn_id":"d1a2","req_id":"","op":"ping"}',
    '{"args":["1790000004846"],"op":"pong"}',
    '{"req_id":"p-2","op":"pong","args":["1790000005633"],"conn_id":"d1a2"}',
    '{"retCode":0,"retMsg":"OK","op":"pong","data":["1790000006529"],"connId":"cnt5"}',
  ])('a pong is recognised (Bybit): %s', (text) => {
    const bybit = new BybitHandler();
    expect(bybit.classifyMessage(frame(text))).toBe('system');
    expect(bybit.isPongResponse(frame(text))).toBe(true);
  });

  it('a ping leaves after silence (OKX) or unconditionally (Bitget)', () => {
    expect(new OkxHandler()).toMatchObject({ keepAlive: { when: 'after-silence', expectReply: true } });
    expect(new BitgetHandler()).toMatchObject({ keepAlive: { interval: 30_000, when: 'always' } });
    expect([new OkxHandler().buildPing(), new BitgetHandler().buildPing()]).toEqual(['ping', 'ping']);
  });

  it('a ping of the server is answered with its number (HTX) or with a request (Deribit)', () => {
    const htx = new HtxHandler();
    expect(htx.isServerPing(frame('{"ping":1492420473027}'))).toBe(true);
    expect(htx.buildPong(frame('{"ping":1492420473027}'))).toBe('{"pong":1492420473027}');
    const deribit = new DeribitHandler();
    const test = '{"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"}';
    expect(routed(deribit, test)).toEqual({ kind: 'system' });
    expect(sent(deribit.replyTo(frame(test)))).toMatchObject([{ method: 'public/test' }]);
    expect(
      deribit.replyTo(frame('{"params":{"type":"heartbeat"},"method":"heartbeat","jsonrpc":"2.0"}')),
    ).toBeUndefined();
  });

  it('a heartbeat is a channel (Kraken)', () => {
    expect(routed(new KrakenHandler(), '{"channel":"heartbeat"}')).toEqual({ kind: 'system' });
  });
});

describe('8: authentication', () => {
  it('a login frame has an id (Bybit)', () => {
    const bybit = new BybitHandler({
      key: 'kx7TestKeyBybit01',
      secret: 'sX9-invented-secret-bybit',
      now: () => 1790000000000,
    });
    expect(sent(bybit.buildAuthMessage())[0].args).toEqual([
      'kx7TestKeyBybit01',
      1790000010000,
      'e9d8da903ae71875b8c621ad116728d5e419d498008293c9bde69729d2e4ab80',
    ]);
    expect(bybit.isAuthSuccess(frame('{"reqId":"a-2","retCode":0,"retMsg":"OK","op":"auth"}'))).toBe(true);
    expect(bybit.isAuthSuccess(frame('{"reqId":"a-3","retCode":20001,"retMsg":"Repeat auth","op":"auth"}'))).toBe(true);
    expect(bybit.isAuthFailure(frame('{"reqId":"a-2","retCode":10004,"retMsg":"Invalid sign","op":"auth"}'))).toBe(
      'final',
    );
    expect(bybit.isAuthFailure(frame('{"req_id":"a-1","success":false,"ret_msg":"Params Error","op":"auth"}'))).toBe(
      'retry',
    );
    expect(bybit.isAuthFailure(frame('{"success":false,"ret_msg":"error:invalid op","op":"nope"}'))).toBe(false);
  });

  it('a login frame has no id; a wrong key is final and a clock skew is not (OKX)', () => {
    const okx = new OkxHandler({
      key: '985d5b66-57ce-40fb-b714-afc0b9787001',
      secret: 'INVENTED22582BD0CFF14C41EDBF1AB9',
      passphrase: 'inv-pass',
      now: () => 1790000000123,
    });
    expect(sent(okx.buildAuthMessage())[0].args[0]).toMatchObject({
      timestamp: '1790000000',
      sign: 'N4GiBNoy1ykGMVw9rA8KwtJyatDDj14JTPl7YI6/R6c=',
    });
    expect(okx.isAuthSuccess(frame('{"event":"login","msg":"","code":"0","connId":"a4d3ae55"}'))).toBe(true);
    expect(okx.isAuthFailure(frame('{"event":"error","msg":"Login failed.","code":"60009"}'))).toBe('final');
    expect(okx.isAuthFailure(frame('{"event":"error","msg":"Timestamp request expired","code":"60006"}'))).toBe(
      'retry',
    );
  });

  it('each frame has a token (Coinbase)', () => {
    let tokens = 0;
    const coinbase = new CoinbaseHandler(() => `jwt-${++tokens}`);
    expect(sent([coinbase.buildSubscribe(['level2.BTC-USD']), coinbase.buildUnsubscribe(['level2.BTC-USD'])])).toEqual([
      { type: 'subscribe', channel: 'level2', product_ids: ['BTC-USD'], jwt: 'jwt-1' },
      { type: 'unsubscribe', channel: 'level2', product_ids: ['BTC-USD'], jwt: 'jwt-2' },
    ]);
  });

  it('each request has an asynchronous signature (Binance)', async () => {
    const apiKey = 'vInventedSpotKey000000000000000000000000000000000000000000000001';
    const binance = new BinanceApiHandler({ apiKey, secret: 'NInventedSpotSecret' });
    const params = {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01000000',
      price: '92000.00',
    };
    const request = {
      id: 'o-1',
      method: 'order.place',
      params: { ...params, recvWindow: 5000, timestamp: 1790000001532 },
    };
    const [signed] = sent(await binance.prepareRequest(JSON.stringify(request)));
    expect(signed).toMatchObject({ id: 'o-1', method: 'order.place', params: { apiKey, ...params } });
    expect(signed.params.signature).toBe('8be5e37632bc770256c919ae76fa725f75d97d4e72101708497edc8d978146c7');
  });

  it('a refresh uses the token of the last login (Deribit)', () => {
    const deribit = new DeribitHandler({ client_id: 'INVcid01', client_secret: 's' });
    deribit.onConnect();
    expect(sent(deribit.buildAuthMessage())[0].params.grant_type).toBe('client_credentials');
    const ack =
      '{"jsonrpc":"2.0","id":"auth","result":{"token_type":"bearer","refresh_token":"1790.INVrefresh","expires_in":900}}';
    expect(deribit.isAuthSuccess(frame(ack))).toBe(true);
    expect(sent(deribit.buildAuthMessage())[0].params).toEqual({
      grant_type: 'refresh_token',
      refresh_token: '1790.INVrefresh',
    });
    deribit.onConnect();
    expect(sent(deribit.buildAuthMessage())[0].params.grant_type).toBe('client_credentials');
    const refusal = '{"jsonrpc":"2.0","id":"auth","error":{"message":"invalid_credentials","code":13004}}';
    expect(deribit.isAuthSuccess(frame(refusal))).toBe(false);
    expect(deribit.isAuthFailure(frame(refusal))).toBe('final');
  });

  it('a server revokes the login (Binance, OKX, Deribit)', () => {
    const binance =
      '{"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}}';
    expect(routed(new BinanceApiHandler(), binance)).toEqual({ kind: 'system' });
    expect(new BinanceApiHandler().extractSignal(frame(binance))).toEqual({ type: 'authenticate' });
    const okx = '{"event":"error","msg":"Please log in","code":"60011","connId":"78d58071"}';
    expect(routed(new OkxHandler(), okx)).toEqual({ kind: 'system' });
    expect(new OkxHandler().extractSignal(frame(okx))).toEqual({ type: 'authenticate' });
    const deribit =
      '{"jsonrpc":"2.0","id":6,"error":{"message":"unauthorized","data":{"reason":"invalid_token"},"code":13009}}';
    expect(new DeribitHandler().extractSignal(frame(deribit))).toEqual({ type: 'authenticate' });
  });
});

describe('9: signals of the server', () => {
  it('a server asks for a reconnect (Binance, Bybit), or for one before it closes (OKX)', () => {
    const shutdown = '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1790000003789}}';
    expect(routed(new BinanceStreamsHandler(), shutdown)).toEqual({ kind: 'system' });
    expect(new BinanceStreamsHandler().shouldReconnect(frame(shutdown))).toBe(true);
    const restart =
      '{"reqId":"o-3","retCode":10019,"retMsg":"ws trade service is restarting","op":"order.create","data":{}}';
    expect(new BybitHandler().shouldReconnect(frame(restart))).toBe(true);
    expect(new BybitHandler().extractError(frame(restart))).toMatchObject({ code: 10019 });
    const notice = '{"event":"notice","code":"64008","msg":"The connection will soon be closed. Please reconnect."}';
    expect(routed(new OkxHandler(), notice)).toEqual({ kind: 'system' });
    expect(new OkxHandler().extractSignal(frame(notice))).toMatchObject({ type: 'reconnect', makeBeforeBreak: true });
  });
});

describe('10: limits', () => {
  it('limits are plain data', () => {
    expect(new BinanceStreamsHandler().limits).toMatchObject({
      frames: { count: 5, window: 1_000 },
      topicsPerConnection: 1_024,
    });
    expect(new BybitHandler().limits).toEqual({ topicsPerFrame: 10 });
    expect(new OkxHandler().limits).toMatchObject({
      subscriptionFrames: { count: 480, window: 3_600_000 },
      bytesPerFrame: 65_536,
    });
  });
});
