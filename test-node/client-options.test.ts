import {
  type CloseOptions,
  GenericJsonHandler,
  Message,
  MessageKind,
  type ProtocolHandler,
  WebSocketClient,
} from 'hpx-transport-ws';
import { SimulatedNetwork } from 'hpx-transport-ws/testing';
import { describe, expect, it, vi } from 'vitest';
import { overridesOf } from '../src/protocol/handler-overrides.js';
import { connectedWorld } from './support/virtual-world.js';

const url = 'ws://venue.test';
/** As a program without types passes them. */
const untyped = <T>(value: unknown) => value as T;
const outcome = (promise: Promise<unknown>) => promise.then(String, (error) => error);

describe('the options of a call', () => {
  it.each<[call: string, name: string, ask: (client: WebSocketClient, options: never) => Promise<unknown>]>([
    ['request()', 'timout', (client, options) => client.request({ op: 'x' }, options)],
    ['request()', 'requestId', (client, options) => client.request({ op: 'x' }, options)],
    ['requestRaw()', 'timout', (client, options) => client.requestRaw('{"req_id":"1"}', options)],
    ['subscribe()', 'overflw', (client, options) => client.subscribe('a', options)],
    ['subscribe()', 'partial', (client, options) => client.subscribe('a', options)],
    ['subscribeMany()', 'partal', (client, options) => client.subscribeMany(['a', 'b'], options)],
    ['connect()', 'urll', (client, options) => client.connect(options)],
    ['connect()', 'constructor', (client, options) => client.connect(options)],
    ['close()', 'deadlne', (client, options) => client.close(options)],
  ])('%s refuses the unknown option %s, and changes nothing [CL40]', async (_call, name, ask) => {
    const { client, clock } = await connectedWorld();
    const sent = client.stats().sent;
    const error = await outcome(ask(client, untyped({ [name]: 1 })));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: name });
    expect(error.message).toMatch(`Unknown option '${name}'. Known options: `);
    await clock.advance(100);
    expect(client.stats()).toMatchObject({ state: 'ready', sent, subscriptions: 0, pendingRequests: 0 });
    expect(client.epoch).toBe(1);
  });

  it('are an object, and an option that is undefined counts as missing [CL40]', async () => {
    const { client, clock, subscribe } = await connectedWorld();
    for (const wrong of [null, 5_000, 'fast', []]) {
      expect(await outcome(client.request({}, untyped(wrong)))).toMatchObject({ field: 'options' });
      expect(await outcome(client.requestRaw('x', untyped(wrong)))).toMatchObject({ field: 'options' });
      expect(await outcome(client.subscribe('a', untyped(wrong)))).toMatchObject({ field: 'options' });
    }
    const missing = untyped<object>({ timeout: undefined, retry: undefined, signal: undefined });
    const answer = client.request({ op: 'x' }, missing);
    await subscribe('a', untyped({ capacity: undefined, overflow: undefined, params: undefined }));
    await clock.advance(100);
    await expect(answer).resolves.toBeDefined();
    const closing = client.close(untyped<CloseOptions>({ code: undefined, drain: undefined }));
    await clock.advance(1_000);
    await closing;
  });

  it('of subscribeMany() are checked before any topic is asked for [CL40]', async () => {
    const { client } = await connectedWorld();
    const error = await outcome(client.subscribeMany(['a', 'b'], untyped({ partial: true, capacity: 0 })));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'capacity' });
    expect(client.stats().subscriptions).toBe(0);
  });
});

describe('the handler', () => {
  const methods = {
    classifyMessage: () => MessageKind.Unknown,
    extractRequestId: () => undefined,
    extractTopic: () => undefined,
    buildSubscribe: () => undefined,
    buildUnsubscribe: () => undefined,
  };

  it.each<[what: string, handler: unknown]>([
    ['a class', GenericJsonHandler],
    ['undefined', undefined],
    ['null', null],
    ['an object that only looks like a handler', methods],
  ])('%s is a ConfigError, at the constructor and at connect() [CL41]', async (_what, handler) => {
    const wrong = untyped<GenericJsonHandler>(handler);
    expect(() => new WebSocketClient({ url }, wrong)).toThrow(expect.objectContaining({ field: 'handler' }));
    const error = await outcome(WebSocketClient.connect({ url }, wrong));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'handler' });
    expect(error.message).toMatch('new GenericJsonHandler()');
  });

  it.each(Object.keys(methods))('without %s is a ConfigError that names the method [CL41]', (name) => {
    const handler = Object.assign(new GenericJsonHandler(), { [name]: undefined });
    expect(() => new WebSocketClient({ url }, handler)).toThrow(expect.objectContaining({ field: `handler.${name}` }));
  });

  it('of another copy of the package works, and its default hooks count as defaults [CL41]', async () => {
    vi.resetModules();
    const copy = await import('../src/index.js');
    expect(copy.GenericJsonHandler).not.toBe(GenericJsonHandler);
    const handler = untyped<GenericJsonHandler>(new copy.GenericJsonHandler());
    expect(overridesOf(handler)).toEqual(overridesOf(new GenericJsonHandler()));
    class Splitting extends copy.GenericJsonHandler {
      override split() {
        return [];
      }
    }
    const splitting = untyped<ProtocolHandler<object, object>>(new Splitting());
    expect(overridesOf(splitting)).toMatchObject({ split: true, prepareRequest: false });
    const { client, clock, subscribe } = await connectedWorld({ handler });
    const answer = client.request({ op: 'x' });
    const channel = await subscribe('t');
    await clock.advance(10);
    await expect(answer).resolves.toBeDefined();
    expect(channel.topic).toBe('t');
    expect(handler.extractTopic(new Message('{"topic":"t"}'))).toBe('t');
  });
});

describe('the runtime', () => {
  it.each<[part: string, runtime: unknown]>([
    ['runtime', null],
    ['runtime', 'node'],
    ['runtime.openSocket', { openSocket: {} }],
    ['runtime.clock', { clock: Date }],
    ['runtime.random', { random: 0.5 }],
    ['runtime.lifecycle', { lifecycle: {} }],
  ])('with a wrong %s is a ConfigError [CL42]', (field, runtime) => {
    const make = () => new WebSocketClient({ url }, new GenericJsonHandler(), untyped(runtime));
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
  });

  it('may have further members [CL42]', () => {
    const runtime = { ...new SimulatedNetwork().runtime(), sockets: [], generateId: undefined };
    const client = new WebSocketClient({ url }, new GenericJsonHandler(), untyped(runtime));
    expect(client.state).toBe('disconnected');
  });
});
