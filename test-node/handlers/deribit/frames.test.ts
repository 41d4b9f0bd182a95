import { ConfigError } from 'hpx-transport-ws';
import { hmac } from 'hpx-transport-ws/handlers';
import { DeribitHandler, urls } from 'hpx-transport-ws/handlers/deribit';
import { describe, expect, it } from 'vitest';
import { frame, sent, subscriptionContext } from '../../support/handlers.js';
import { frames, heartbeat, KEYS, OWN, refusal, result, SIGNED, tokens } from './frames.js';

const handler = new DeribitHandler(KEYS);
const [book, ticker, nope] = ['book.BTC-PERPETUAL.100ms', 'ticker.BTC-PERPETUAL.100ms', 'book.NOPE-PERPETUAL.100ms'];

describe('DeribitHandler reads', () => {
  it.each(frames.map((one) => [one.name, one] as const))('%s [DE1]', (_, one) => {
    const message = frame(one.frame);
    expect(handler.classifyMessage(message)).toBe(one.kind);
    expect(handler.extractSignal(message)).toEqual(one.signal);
    if (one.kind === 'update') {
      expect(handler.extractTopic(message)).toBe(one.topic);
      expect(handler.extractData(message)).toEqual((one.frame as { params: { data: unknown } }).params.data);
      expect(handler.extractSequence(message)).toEqual(one.sequence);
      return;
    }
    expect(handler.extractRequestId(message)).toBe(one.id);
    if (one.kind !== 'system') expect(handler.extractError(message)?.code).toBe(one.code);
  });

  it('the accepted channels, and refuses the others [DE2]', () => {
    const read = (value: unknown, topics: string[]) => handler.isSubscriptionSuccess(frame(value), topics);
    expect(read(result(3, [ticker, book]), [book, ticker, nope])).toEqual({
      accepted: [book, ticker],
      refused: [nope],
      errors: { [nope]: { message: expect.stringContaining(nope) } },
    });
    expect(read(result(4, []), [nope])).toMatchObject({ accepted: [], refused: [nope] });
    expect(read(refusal(5, 13778, 'raw_subscriptions_not_available_for_unauthorized'), [book])).toBe(false);
  });

  it('a refusal that passes: the topics are asked for again [DE2]', () => {
    for (const code of [10_028, 11_051, 13_009]) {
      const outcome = handler.isSubscriptionSuccess(frame(refusal(5, code, 'later')), [book]);
      expect(outcome).toEqual({ refused: [book], retryable: true });
    }
    expect(new DeribitHandler().isSubscriptionSuccess(frame(refusal(5, 13_009, 'unauthorized')), [book])).toBe(false);
  });

  it('heartbeats, and answers those that want an answer [DE3]', () => {
    const [beat, test] = [frame(heartbeat('heartbeat')), frame(heartbeat('test_request'))];
    expect([handler.isServerPing(beat), handler.isServerPing(test)]).toEqual([false, true]);
    expect(sent(handler.buildPong())).toEqual([{ jsonrpc: '2.0', id: OWN.test, method: 'public/test', params: {} }]);
    expect(handler.replyTo(beat)).toEqual([]);
    expect(handler.replyTo(frame(result(OWN.test, { version: '1.2.26' })))).toEqual([]);
    expect(handler.replyTo(frame(refusal(OWN.heartbeat, 11_050, 'bad_request')))).toBeUndefined();
  });

  it('an answer that leaves the outcome open [DE6]', () => {
    const outcome = (code: number) => handler.extractError(frame(refusal(22, code, 'no')))?.outcome;
    expect([13_888, 11_094, 10_009].map(outcome)).toEqual(['unknown', 'unknown', undefined]);
  });
});

describe('DeribitHandler writes', () => {
  it('subscriptions of many channels, by the method that the topic needs [DE2]', () => {
    const call = (method: string, channels: string[], id: number) => ({
      jsonrpc: '2.0',
      id,
      method,
      params: { channels },
    });
    expect(sent(handler.buildSubscribe([book, ticker, nope], 3, subscriptionContext()))).toEqual([
      call('public/subscribe', [book, ticker, nope], 3),
    ]);
    expect(sent(handler.buildUnsubscribe([ticker], 7, subscriptionContext()))).toEqual([
      call('public/unsubscribe', [ticker], 7),
    ]);
    const mine = 'user.orders.BTC-PERPETUAL.raw';
    expect(sent(handler.buildSubscribe([mine], 8, subscriptionContext()))).toEqual([
      call('private/subscribe', [mine], 8),
    ]);
    expect(handler.groupKey(mine, undefined)).not.toBe(handler.groupKey(book, undefined));
    expect(handler.groupKey(book, undefined)).toBe(handler.groupKey(ticker, undefined));
  });

  it('the wish for heartbeats first, and public/test as a ping [DE3]', () => {
    const wish = { jsonrpc: '2.0', id: OWN.heartbeat, method: 'public/set_heartbeat' };
    expect(sent(handler.onConnect())).toEqual([{ ...wish, params: { interval: 30 } }]);
    const own = new DeribitHandler({ heartbeatInterval: 10_000 });
    expect(sent(own.onConnect())).toEqual([{ ...wish, params: { interval: 10 } }]);
    expect(sent(own.buildPing())).toMatchObject([{ method: 'public/test' }]);
    expect(own.isPongResponse(frame(result(OWN.ping, { version: '1.2.26' })))).toBe(true);
  });

  it('numbers as ids, and an empty object where a call has no params [DE6]', () => {
    expect(new DeribitHandler().generateRequestId()).toBe(1);
    expect(handler.injectRequestId({ method: 'public/get_time' }, 6)).toEqual({
      jsonrpc: '2.0',
      id: 6,
      method: 'public/get_time',
      params: {},
    });
    expect(handler.limits).toEqual({ topicsPerFrame: 500, subscriptionFrames: { count: 10, window: 3_000 } });
    expect(urls.testnet.private).toBe('wss://test.deribit.com/ws/api/v2');
  });
});

describe('DeribitHandler logs in', () => {
  const login = async (own: DeribitHandler) => sent(await own.buildAuthMessage())[0].params;
  const answer = (value: unknown) => frame(value);

  it('with a signature over time stamp, nonce and data [DE4]', async () => {
    const { apiKey, secret } = KEYS;
    const params = await login(new DeribitHandler({ ...KEYS, now: () => SIGNED.timestamp, scope: 'session:bot' }));
    const sign = hmac({ secret, encoding: 'hex' });
    expect(params).toEqual({
      grant_type: 'client_signature',
      client_id: apiKey,
      timestamp: SIGNED.timestamp,
      nonce: expect.stringMatching(/^[0-9A-Za-z]{16}$/),
      data: '',
      signature: await sign(`${SIGNED.timestamp}\n${params.nonce}\n`),
      scope: 'session:bot',
    });
    expect(await sign(`${SIGNED.timestamp}\n${SIGNED.nonce}\n`)).toBe(SIGNED.signature);
    expect(new DeribitHandler().buildAuthMessage()).toBeUndefined();
  });

  it('again with the refresh token, when half of its life is over [DE5]', async () => {
    let now = SIGNED.timestamp;
    const own = new DeribitHandler({ ...KEYS, now: () => now });
    await own.buildAuthMessage();
    expect(own.isAuthSuccess(answer(result(OWN.login, tokens)))).toBe(true);
    const beat = frame(heartbeat('heartbeat'));
    now += 449_999;
    expect(own.extractSignal(beat)).toBeUndefined();
    now += 1;
    expect(own.extractSignal(beat)).toEqual({ type: 'authenticate' });
    expect(await login(own)).toEqual({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(own.extractSignal(beat)).toBeUndefined();
    own.isAuthSuccess(answer(result(OWN.login, { ...tokens, refresh_token: 'next' })));
    expect(await login(own)).toMatchObject({ refresh_token: 'next' });
    own.onConnect();
    expect(await login(own)).toMatchObject({ grant_type: 'client_signature' });
  });

  it('no more with a wrong key, but again after a wrong clock, a limit or an ended token [DE4, DE5]', async () => {
    const verdict = async (code: number, data?: unknown) => {
      const own = new DeribitHandler(KEYS);
      await own.buildAuthMessage();
      return own.isAuthFailure(answer(refusal(OWN.login, code, 'no', data)));
    };
    expect(await verdict(13_004)).toBe('final');
    expect(await verdict(13_004, { reason: 'timestamp is too old' })).toBe('retry');
    expect(await verdict(10_028)).toBe('retry');
    expect(await verdict(13_009)).toBe(true);

    const own = new DeribitHandler(KEYS);
    await own.buildAuthMessage();
    own.isAuthSuccess(answer(result(OWN.login, tokens)));
    await own.buildAuthMessage();
    expect(own.isAuthFailure(answer(refusal(OWN.login, 13_004, 'invalid_token')))).toBe('retry');
    expect(await login(own)).toMatchObject({ grant_type: 'client_signature' });
  });

  it('and takes no other message for the answer [DE4]', async () => {
    const own = new DeribitHandler(KEYS);
    await own.buildAuthMessage();
    for (const other of [result(7, tokens), refusal(7, 13_004, 'invalid_credentials'), heartbeat('heartbeat')]) {
      expect([own.isAuthSuccess(answer(other)), own.isAuthFailure(answer(other))]).toEqual([false, false]);
    }
  });
});

describe('DeribitHandler refuses', () => {
  it.each([
    ['an unknown option', { passphrase: 'x' }, 'passphrase'],
    ['half a set of credentials', { apiKey: KEYS.apiKey }, 'secret'],
    ['the other half', { secret: KEYS.secret }, 'apiKey'],
    ['an empty secret', { apiKey: KEYS.apiKey, secret: ' ' }, 'secret'],
    ['heartbeats that are too frequent', { heartbeatInterval: 5_000 }, 'heartbeatInterval'],
    ['heartbeats between two seconds', { heartbeatInterval: 10_500 }, 'heartbeatInterval'],
  ])('%s [DE7]', (_, options, field) => {
    const attempt = () => new DeribitHandler(options as never);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(expect.objectContaining({ field }));
    expect(attempt).not.toThrow(expect.objectContaining({ message: expect.stringContaining(KEYS.secret) }));
  });

  it('a private topic without an API key [DE7]', () => {
    const own = new DeribitHandler();
    for (const topic of ['user.orders.any.any.raw', 'block_rfq.taker']) {
      expect(() => own.groupKey(topic, undefined)).toThrow(expect.objectContaining({ field: 'apiKey' }));
    }
    expect(own.groupKey('block_rfq.trades.any', undefined)).toBe(own.groupKey(book, undefined));
  });
});
