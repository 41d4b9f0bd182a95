import { BinanceApiHandler, BinanceHandler, BinanceStreamHandler } from 'hpx-transport-ws/handlers/binance';
import { describe, expect, it } from 'vitest';
import { frame, sent, subscriptionContext } from '../../support/handlers.js';
import { apiFrames, streamFrames, type VenueFrame } from './frames.js';

const api = new BinanceApiHandler();
const streams = new BinanceStreamHandler();
const both = { api: new BinanceHandler({ endpoint: 'api' }), streams: new BinanceHandler() };

/** What a handler reads in a frame, with the members that `VenueFrame` may have. */
function read(handler: typeof api | typeof streams | typeof both.api | typeof both.streams, value: unknown) {
  const message = frame(value);
  const kind = handler.classifyMessage(message);
  const id = handler.extractRequestId(message);
  const isUpdate = kind === 'update';
  return {
    kind,
    ...(id !== undefined && { id }),
    ...(isUpdate && { topic: handler.extractTopic(message), data: handler.extractData(message) }),
    sequence: isUpdate ? handler.extractSequence(message) : undefined,
    error: isUpdate ? undefined : handler.extractError(message),
    signal: handler.extractSignal(message),
  };
}

const expected = ({ name, frame: _, ...members }: VenueFrame) => ({
  sequence: undefined,
  error: undefined,
  signal: undefined,
  ...members,
});

describe('the streams', () => {
  it.each(streamFrames.map((one) => [one.name, one] as const))('understand %s [BI1]', (_, one) => {
    for (const handler of [streams, both.streams]) {
      const { data, ...found } = read(handler, one.frame);
      expect(found).toEqual(withoutData(expected(one)));
      if (one.data !== undefined) expect(parsed(handler, one.frame)).toEqual(one.data);
    }
  });

  it('build frames of many streams, with numbers as ids [BI1]', () => {
    const id = streams.generateRequestId();
    expect(id).toBeTypeOf('number');
    const topics = ['btcusdt@aggTrade', 'btcusdt@depth@100ms'];
    expect(sent(streams.buildSubscribe(topics, 1))).toEqual([{ method: 'SUBSCRIBE', params: topics, id: 1 }]);
    expect(sent(streams.buildUnsubscribe(['btcusdt@aggTrade'], 312))).toEqual([
      { method: 'UNSUBSCRIBE', params: ['btcusdt@aggTrade'], id: 312 },
    ]);
  });

  it('write symbols in lower case, because the venue takes capitals and sends nothing [BI2]', () => {
    expect(streams.canonicalTopic('BTCUSDT@aggTrade')).toBe('btcusdt@aggTrade');
    expect(streams.canonicalTopic('BNBBTC@kline_1M')).toBe('bnbbtc@kline_1M');
    expect(streams.canonicalTopic('!miniTicker@arr')).toBe('!miniTicker@arr');
  });
});

describe('the WebSocket API', () => {
  it.each(apiFrames.map((one) => [one.name, one] as const))('understands %s [BI3]', (_, one) => {
    for (const handler of [api, both.api]) {
      const { data, ...found } = read(handler, one.frame);
      expect(found).toEqual(withoutData(expected(one)));
      if (one.data !== undefined) expect(data).toEqual(one.data);
    }
  });

  it('gives the stream of the account the name that the server chose, 0 included [BI3]', () => {
    const confirmation = frame({ id: 1, status: 200, result: { subscriptionId: 0 } });
    expect(api.isSubscriptionSuccess(confirmation, ['userData'])).toEqual({
      accepted: ['userData'],
      aliases: { userData: 'userData#0' },
    });
    expect(sent(api.buildSubscribe(['userData'], 1))).toEqual([{ id: 1, method: 'userDataStream.subscribe' }]);
    const context = subscriptionContext({}, { userData: 'userData#0' });
    expect(sent(api.buildUnsubscribe(['userData'], 2, context))).toEqual([
      { id: 2, method: 'userDataStream.unsubscribe', params: { subscriptionId: 0 } },
    ]);
  });

  it('asks again for the stream of the account after a rate limit, not after a refusal [BI3]', () => {
    const refusal = (status: number) => frame({ id: 1, status, error: { code: -1, msg: 'no' } });
    expect(api.isSubscriptionSuccess(refusal(429), ['userData'])).toEqual({ refused: ['userData'], retryable: true });
    expect(api.isSubscriptionSuccess(refusal(400), ['userData'])).toEqual({ refused: ['userData'] });
  });
});

function withoutData({ data: _, ...others }: ReturnType<typeof expected>) {
  return others;
}

/** The data as the client reads it: with the parser of the handler. */
function parsed(handler: typeof streams | typeof both.streams, value: unknown): unknown {
  const text = frame(value).text;
  const json = handler.parse(text) as { stream?: string; data?: unknown };
  return json.stream === undefined ? json : json.data;
}
