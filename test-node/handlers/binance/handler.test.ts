import { ConfigError, ProtocolHandler } from 'hpx-transport-ws';
import {
  BinanceApiHandler,
  BinanceHandler,
  type BinanceHandlerOptions,
  BinanceStreamHandler,
  urls,
} from 'hpx-transport-ws/handlers/binance';
import { describe, expect, it } from 'vitest';
import { frame, sent } from '../../support/handlers.js';

/** The hooks that a class and the classes between it and `ProtocolHandler` override. */
function hooksOf(type: abstract new (...args: never[]) => ProtocolHandler<object, object>): string[] {
  const names: string[] = [];
  for (let at = type.prototype; at !== ProtocolHandler.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}

describe('BinanceHandler', () => {
  it('passes on every hook that one of its parts has [BI12]', () => {
    const own = new Set(hooksOf(BinanceHandler));
    const parts = [...hooksOf(BinanceStreamHandler), ...hooksOf(BinanceApiHandler)];
    expect(parts.filter((name) => !own.has(name))).toEqual([]);
  });

  it('has the limits of its endpoint [BI12]', () => {
    expect(new BinanceHandler().limits).toEqual(new BinanceStreamHandler().limits);
    expect(new BinanceHandler({ endpoint: 'raw' }).limits).toEqual(new BinanceStreamHandler().limits);
    expect(new BinanceHandler({ endpoint: 'api' }).limits).toEqual(new BinanceApiHandler().limits);
    expect(new BinanceHandler({ endpoint: 'api' }).serverChoosesTopics).toBe(true);
  });

  it.each<[string, BinanceHandlerOptions, string]>([
    ['an unknown endpoint', { endpoint: 'futures' as 'api' }, 'endpoint'],
    ['a key for the streams, which take none', { apiKey: 'k', secret: 's' }, 'apiKey'],
  ])('refuses %s [BI12]', (_, options, field) => {
    expect(() => new BinanceHandler(options)).toThrow(expect.objectContaining({ name: 'ConfigError', field }));
    expect(() => new BinanceHandler(options)).toThrow(ConfigError);
  });
});

describe('a connection', () => {
  const api = new BinanceApiHandler();
  const streams = new BinanceStreamHandler();

  it('obeys the limits of the venue and ends before 24 hours [BI9]', () => {
    expect(streams.limits).toMatchObject({ frames: { count: 5, window: 1_000 }, topicsPerConnection: 1_024 });
    for (const { limits } of [streams, api]) {
      expect(limits.attempts).toEqual({ count: 300, window: 300_000 });
      expect(limits.lifetime).toBeLessThan(24 * 3_600_000);
      expect(limits.lifetime).toBeGreaterThan(23 * 3_600_000);
    }
  });

  it('to /ws asks the server to name its streams, and takes the answer [BI13]', () => {
    expect(streams.onConnect()).toBeUndefined();
    const raw = new BinanceStreamHandler({ endpoint: 'raw' });
    const [{ id, ...asked }] = sent(raw.onConnect());
    expect(asked).toEqual({ method: 'SET_PROPERTY', params: ['combined', true] });
    const answer = frame({ result: null, id });
    expect([raw.classifyMessage(answer), raw.replyTo(answer)]).toEqual(['system', []]);
  });

  it('is probed with a question where there are no WebSocket pings [BI9]', () => {
    for (const handler of [streams, api]) {
      const [{ id }] = sent(handler.buildPing());
      const answer = frame({ id, status: 200, result: {} });
      expect([handler.classifyMessage(answer), handler.isPongResponse(answer)]).toEqual(['system', true]);
      expect(handler.isPongResponse(frame({ id: 1, result: null }))).toBe(false);
    }
  });

  it('waits five minutes after a block of this address, and ends where the venue serves nobody [BI14]', () => {
    const refused = (status?: number) => ({ code: 1006, reason: '', hasCredentials: true, ...(status && { status }) });
    for (const handler of [streams, api]) {
      expect(handler.classifyClose(refused(403))).toEqual({ verdict: 'retry', delay: 300_000 });
      expect(handler.classifyClose(refused(451))).toBe('fatal');
      expect(handler.classifyClose(refused(503))).toBe('retry');
      expect(handler.classifyClose(refused())).toBe('retry');
    }
  });

  it('has URLs for both protocols, also of the test network [BI1]', () => {
    for (const url of [urls.public, urls.raw, urls.marketData, urls.private, ...Object.values(urls.testnet)]) {
      expect(new URL(url).protocol).toBe('wss:');
    }
  });
});
