import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  GenericJsonHandler,
  JsonRpcHandler,
  type Message,
  MessageTooLargeError,
  ProtocolError,
  type TransportError,
  WebSocketClient,
} from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  atEnd,
  barrier,
  channelEvent,
  clientEvent,
  collect,
  connectClient,
  createClient,
  framesOf,
  outcomeOf,
  serve,
} from '../support/live.js';
import { LoginHandler } from '../support/login-handler.js';

describe('config', () => {
  it.each<[field: string, config: object]>([
    ['url', { url: 'http://venue.test' }],
    ['url', { url: 'ws://venue.test/#fragment' }],
    ['url', { url: 'not a url' }],
    ['url', {}],
    ['pingInterval', { url: 'ws://venue.test', pingInterval: -1 }],
    ['requestTimeout', { url: 'ws://venue.test', requestTimeout: Number.NaN }],
    ['maxPendingRequests', { url: 'ws://venue.test', maxPendingRequests: 1.5 }],
    ['reconnectJitter', { url: 'ws://venue.test', reconnectJitter: 2 }],
    ['reconnectInitialDelay', { url: 'ws://venue.test', reconnectInitialDelay: 10, reconnectMaxDelay: 5 }],
    ['protocols', { url: 'ws://venue.test', protocols: ['a', 'a'] }],
    ['reconectDelay', { url: 'ws://venue.test', reconectDelay: 5 }],
  ])('a wrong %s is a ConfigError that names it: %j [CF4]', (field, config) => {
    const make = () => new WebSocketClient(config as never, new GenericJsonHandler());
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field }));
    expect(make).toThrow(field);
  });
});

describe('options', () => {
  const topics = ['a'];
  it.each<[field: string, call: (client: WebSocketClient, value: never) => Promise<unknown>, values: unknown[]]>([
    ['options', (client, value) => client.connect(value), [null, 5]],
    ['options', (client, value) => client.request({ op: 'time' }, value), [null, 5]],
    ['options', (client, value) => client.requestRaw('{"req_id":"1"}', value), [null, 5]],
    ['options', (client, value) => client.subscribe('a', value), [null, 5]],
    ['options', (client, value) => client.subscribeMany(topics, value), [null, 5]],
    ['options', (client, value) => client.close(value), [null, 5]],
    ['signal', (client, signal) => client.connect({ signal }), [null, {}]],
    ['signal', (client, signal) => client.request({ op: 'time' }, { signal }), [null, {}]],
    ['signal', (client, signal) => client.subscribe('a', { signal }), [null, {}]],
    ['topics', (client, value) => client.subscribeMany(value), [undefined, null, 5, 'ab']],
  ])('wrong %s reject, and throw nothing: %s [CF4, CL10]', async (field, call, values) => {
    const client = new WebSocketClient({ url: 'ws://venue.test' }, new GenericJsonHandler());
    for (const value of values) {
      await expect(call(client, value as never)).rejects.toMatchObject({ code: 'CONFIG_INVALID', field });
    }
    expect(client.state).toBe('disconnected');
    await client.close();
  });
});

describe('frames', () => {
  it('rubbish is a message event and harms nothing [CL35, CL38, HN30, MS2]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const frames = [
      '',
      ' ',
      'hello',
      '{',
      '[]',
      'null',
      '0',
      '"text"',
      '{"req_id":{}}',
      '{"topic":["a"]}',
      '{"op":"subscribe","success":true}',
      '{"op":"unsubscribe"}',
      '{"req_id":"__proto__"}',
      '{"topic":"constructor","data":1}',
      '{"topic":"__proto__"}',
      '\u0000\uffff',
      '['.repeat(50_000),
      `{"a":${'{"a":'.repeat(5_000)}1`,
    ];
    const heard: string[] = [];
    client.on('message', ({ text }) => heard.push(text));
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    for (const frame of frames) server.broadcast(frame);
    server.publish('a', 'still here');
    await got.until(1);
    await barrier(client);
    expect(heard).toEqual(frames);
    expect(errors).toEqual([]);
    expect(client.epoch).toBe(1);
  });

  it('binary where text is expected is read as UTF-8 [MS1, HN8]', async () => {
    const server = await serve();
    const client = await connectClient(server);
    const channel = await client.subscribe('a');
    const got = channelEvent(channel, 'message');
    server.broadcast(new TextEncoder().encode('{"topic":"a","data":"✓"}'));
    const [data, { message }] = await got;
    expect(data).toBe('✓');
    expect(message.raw).toBeInstanceOf(Uint8Array);
    const heard = clientEvent(client, 'message');
    server.broadcast(new Uint8Array([0, 255, 254, 128]));
    expect((await heard)[0].raw).toEqual(new Uint8Array([0, 255, 254, 128]));
  });

  it('a frame above maxMessageSize is a MessageTooLargeError, a close and a reconnect [ER6, ER2, CF13]', async () => {
    const server = await serve();
    const client = await connectClient(server, { config: { maxMessageSize: 1_000 } });
    const channel = await client.subscribe('a');
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    const resumed = channelEvent(channel, 'resumed');
    server.broadcast('x'.repeat(1_000));
    server.broadcast('x'.repeat(1_001));
    await resumed;
    expect(errors).toEqual([expect.any(MessageTooLargeError)]);
    expect(errors[0]).toMatchObject({ limit: 1_000 });
    expect(await server.waitForClose()).toMatchObject({ code: 1_009 });
  });

  it('counted in UTF-8 bytes, not in characters [ER6, CF13]', async () => {
    const server = await serve();
    const client = await connectClient(server, { config: { maxMessageSize: 30 } });
    const heard = clientEvent(client, 'message');
    server.broadcast('✓'.repeat(10));
    expect((await heard)[0].text).toHaveLength(10);
    const failed = clientEvent(client, 'error');
    server.broadcast('✓'.repeat(11));
    expect((await failed)[0]).toBeInstanceOf(MessageTooLargeError);
  });

  it('text that is not UTF-8 ends the connection, and the client comes back [C7]', async () => {
    const odd = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(odd, 'listening');
    atEnd(() => {
      for (const socket of odd.clients) socket.terminate();
      odd.close();
    });
    odd.once('connection', (socket) => socket.send(Buffer.from([0x61, 0xff, 0xfe]), { binary: false }));
    const client = createClient({ url: `ws://127.0.0.1:${(odd.address() as AddressInfo).port}` });
    const lost = clientEvent(client, 'disconnected');
    const back = clientEvent(client, 'reconnected');
    void client.connect();
    expect((await lost)[0].code).toBe(1_007);
    await back;
  });
});

describe('a handler that throws', () => {
  const boom = (): never => {
    throw new Error('boom');
  };

  it.each<keyof GenericJsonHandler & string>([
    'classifyMessage',
    'extractRequestId',
    'extractTopic',
    'isServerPing',
    'isPongResponse',
    'replyTo',
    'extractServerRequest',
    'shouldReconnect',
    'extractSignal',
    'split',
    'extractSequence',
  ])('in %s costs the frame and is told [HN30]', async (method) => {
    let isBroken = false;
    class BrokenHandler extends GenericJsonHandler {}
    const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
    Object.defineProperty(BrokenHandler.prototype, method, {
      value(...args: unknown[]) {
        return isBroken ? boom() : original.apply(this, args);
      },
    });
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const errors: TransportError[] = [];
    client.on('error', (error) => errors.push(error));
    isBroken = true;
    const dropped = ['extractRequestId', 'isServerPing', 'isPongResponse', 'replyTo', 'extractServerRequest'];
    const frame = dropped.includes(method) ? { op: 'other' } : { topic: 'a', data: 'lost' };
    const wanted = ['shouldReconnect', 'extractSignal'].includes(method) ? { op: 'other' } : frame;
    server.broadcast(wanted);
    await clientEvent(client, 'error');
    isBroken = false;
    server.publish('a', 'kept');
    await got.until(1);
    await barrier(client);
    expect(got.items.at(-1)).toBe('kept');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(ProtocolError);
    expect(errors[0]?.message).toContain('boom');
    expect(client.epoch).toBe(1);
  });

  it('in injectRequestId or generateRequestId costs the request alone [HN30, CL10, ER3]', async () => {
    for (const method of ['injectRequestId', 'generateRequestId'] as const) {
      let isBroken = true;
      class BrokenHandler extends GenericJsonHandler {}
      const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
      Object.defineProperty(BrokenHandler.prototype, method, {
        value(...args: unknown[]) {
          return isBroken ? boom() : original.apply(this, args);
        },
      });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      const outcome = await outcomeOf(client.request({ op: 'order' }));
      expect(outcome, method).toMatchObject({ error: { code: 'PROTOCOL_ERROR', delivery: 'unsent' } });
      isBroken = false;
      await barrier(client);
      expect(framesOf(server).map(({ op }) => op)).toEqual(['barrier']);
    }
  });

  it('in generateRequestId for a subscribe frame costs that subscription alone [HN30, S6]', async () => {
    let isBroken = true;
    class BrokenHandler extends GenericJsonHandler {
      override generateRequestId(): undefined {
        if (isBroken) boom();
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    await expect(client.subscribe('a', { timeout: 200 })).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED' });
    isBroken = false;
    await client.subscribe('b');
    expect([...server.subscriptions]).toEqual(['b']);
  });

  it('in extractError or extractResult rejects the request, outcome unknown [HN30, HN11]', async () => {
    for (const method of ['extractError', 'extractResult'] as const) {
      class BrokenHandler extends GenericJsonHandler {}
      Object.defineProperty(BrokenHandler.prototype, method, { value: boom });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      const call = client.request({ op: 'order' });
      await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unknown' });
      expect(client.stats().pendingRequests).toBe(0);
    }
  });

  it('in buildSubscribe or canonicalTopic rejects the subscribe [HN30, CH9]', async () => {
    for (const method of ['buildSubscribe', 'canonicalTopic'] as const) {
      let isBroken = true;
      class BrokenHandler extends GenericJsonHandler {}
      const original = GenericJsonHandler.prototype[method] as (...args: unknown[]) => unknown;
      Object.defineProperty(BrokenHandler.prototype, method, {
        value(...args: unknown[]) {
          return isBroken ? boom() : original.apply(this, args);
        },
      });
      const server = await serve();
      const client = await connectClient(server, { handler: new BrokenHandler() });
      await expect(client.subscribe('a')).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED', topic: 'a' });
      isBroken = false;
      await client.subscribe('a');
      expect([...server.subscriptions]).toEqual(['a']);
    }
  });

  it('in buildUnsubscribe is told, and unsubscribe resolves [HN30, S3]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override buildUnsubscribe = boom;
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const failed = clientEvent(client, 'error');
    await channel.unsubscribe();
    expect((await failed)[0]).toBeInstanceOf(ProtocolError);
    await barrier(client);
  });

  it('in isSubscriptionSuccess leaves the subscribe to its timeout [HN30, CH9]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override isSubscriptionSuccess = boom;
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const failed = clientEvent(client, 'error');
    await expect(client.subscribe('a', { timeout: 30 })).rejects.toMatchObject({ code: 'SUBSCRIPTION_FAILED' });
    expect((await failed)[0]).toBeInstanceOf(ProtocolError);
  });

  it('in extractError while a resubscription is refused does not leave a channel that is dead in silence [HN30, S4]', async () => {
    let isBroken = false;
    class BrokenHandler extends GenericJsonHandler {
      override isSubscriptionSuccess(message: Message): boolean {
        return message.text.includes('"success":true');
      }
      override extractError(message: Message) {
        return isBroken ? boom() : super.extractError(message);
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    isBroken = true;
    server.refuseTopic('a');
    const ends = Promise.race([
      channelEvent(channel, 'close').then(() => 'closed'),
      channelEvent(channel, 'resumed').then(() => 'resumed'),
    ]);
    client.once('error', () => {
      isBroken = false;
      server.acceptTopic('a');
    });
    server.dropAll();
    expect(['closed', 'resumed']).toContain(await ends);
  });

  it('in onConnect, buildPing, buildCancel, redact and classifyClose goes on [HN30]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      greetings = 0;
      override onConnect(): undefined {
        if (this.greetings++ === 0) boom();
      }
      override buildPing = boom;
      override buildCancel = boom;
      override redact = boom;
      override classifyClose = boom;
    }
    const server = await serve();
    server.respondTo('held', []);
    const handler = new BrokenHandler();
    const client = createClient(server, { handler, config: { useWebsocketPing: false, pingInterval: 5 } });
    const errors: string[] = [];
    client.on('error', ({ message }) => errors.push(message));
    client.trace(() => {});
    await client.connect();
    const controller = new AbortController();
    const call = client.request({ op: 'held' }, { signal: controller.signal });
    controller.abort('no');
    await expect(call).rejects.toBe('no');
    await clientEvent(client, 'error', ({ message }) => message.includes('ping'));
    server.dropAll();
    await clientEvent(client, 'reconnected');
    await barrier(client);
    for (const part of ['buildCancel', 'ping', 'classifyClose']) {
      expect(errors.some((message) => message.includes(part))).toBe(true);
    }
  });

  it('in an authentication predicate costs the frame [HN30, HN14]', async () => {
    class BrokenLogin extends LoginHandler {
      override isAuthSuccess(message: Message): boolean {
        return message.text.includes('poison') ? boom() : super.isAuthSuccess(message);
      }
    }
    const server = await serve({ authentication: { success: [{ poison: 1 }, { op: 'auth', success: true }] } });
    const client = createClient(server, { handler: new BrokenLogin() });
    const failed = clientEvent(client, 'error');
    await client.connect();
    expect((await failed)[0].message).toContain('boom');
  });

  it('in extractData costs the update, and a loop hears of it [HN30, CH2]', async () => {
    class BrokenHandler extends GenericJsonHandler {
      override extractData(message: Message): unknown {
        return message.text.includes('poison') ? boom() : super.extractData(message);
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new BrokenHandler() });
    const channel = await client.subscribe('a');
    const failed = channelEvent(channel, 'error');
    const got = collect(channel);
    server.publish('a', 'poison');
    server.publish('a', 'fine');
    expect((await failed)[0]).toBeInstanceOf(ProtocolError);
    expect(await got.until(1)).toEqual(['fine']);
  });
});

describe('requests of the server', () => {
  it('are answered once, on the connection that asked, and settle nothing of ours [CL36, HN28, JR7]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: new JsonRpcHandler({ numericIds: true }) });
    const ours = client.request({ method: 'slow' });
    await server.waitForMessage('slow');
    const asked = clientEvent(client, 'request');
    server.broadcast({ jsonrpc: '2.0', id: ours.requestId, method: 'test_request', params: { a: 1 } });
    const [request] = await asked;
    expect(request).toMatchObject({ id: ours.requestId, method: 'test_request', params: { a: 1 } });
    request.respond({ fine: true });
    request.respond('again');
    request.reject({ message: 'no' });
    const answer = await server.waitForMessage('fine');
    expect(JSON.parse(String(answer.data))).toEqual({ jsonrpc: '2.0', id: ours.requestId, result: { fine: true } });
    server.broadcast({ jsonrpc: '2.0', id: ours.requestId, result: 'ours' });
    expect(await ours).toBe('ours');
    expect(server.received).toHaveLength(2);
  });

  it('that nobody hears are refused; an answer after a reconnect is not sent [CL37, JR7]', async () => {
    const server = await serve({ exchange: false });
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    server.broadcast({ jsonrpc: '2.0', id: 'x', method: 'unknown_thing' });
    const refusal = await server.waitForMessage('"x"');
    expect(JSON.parse(String(refusal.data))).toMatchObject({ id: 'x', error: { code: -32601 } });
    const asked = clientEvent(client, 'request');
    server.broadcast({ jsonrpc: '2.0', id: 'y', method: 'late' });
    const [request] = await asked;
    server.dropAll();
    await clientEvent(client, 'reconnected');
    request.respond('too late');
    await client.sendJson(JsonRpcHandler.notification('marker'));
    await server.waitForMessage('marker');
    expect(server.received.some(({ data }) => String(data).includes('too late'))).toBe(false);
  });

  it('ids that the server chose are mapped anew, also where updates come before the answer [JR8, JR9, HN6, S7]', async () => {
    const server = await serve({ exchange: false });
    let nextId = 0xa;
    const names: string[] = [];
    server.respondTo('eth_subscribe', (text) => {
      const name = `0x${(nextId++).toString(16)}`;
      names.push(name);
      const update = (n: number) => ({
        jsonrpc: '2.0',
        method: 'eth_subscription',
        params: { subscription: name, result: `${name} ${n}` },
      });
      return [update(1), { jsonrpc: '2.0', id: JSON.parse(text).id, result: name }, update(2)];
    });
    server.respondTo('eth_unsubscribe', (text) => ({ jsonrpc: '2.0', id: JSON.parse(text).id, result: true }));
    const handler = new JsonRpcHandler({
      subscribeMethod: 'eth_subscribe',
      unsubscribeMethod: 'eth_unsubscribe',
      notificationMethod: 'eth_subscription',
    });
    const client = await connectClient(server, { handler });
    const heads = await client.subscribe('newHeads');
    const got = collect(heads);
    expect(await got.until(2)).toEqual(['0xa 1', '0xa 2']);
    server.dropAll();
    expect(await got.until(4)).toEqual(['0xa 1', '0xa 2', '0xb 1', '0xb 2']);
    await heads.unsubscribe();
    const frame = await server.waitForMessage('eth_unsubscribe');
    expect(JSON.parse(String(frame.data)).params).toEqual(['0xb']);
    expect(names).toEqual(['0xa', '0xb']);
  });
});

describe('a handler that prepares nothing', () => {
  it.each([
    ['at once', () => undefined],
    ['later', () => Promise.resolve(undefined)],
  ])('%s: that request fails unsent, the next one leaves [HN30, DL1]', async (_, nothing) => {
    class ForgetfulHandler extends GenericJsonHandler {
      override prepareRequest(text: string): string | Promise<string> {
        return text.includes('forgotten') ? (nothing() as unknown as string) : text;
      }
    }
    const server = await serve();
    const client = await connectClient(server, { handler: new ForgetfulHandler() });
    const call = client.request({ op: 'forgotten' });
    await expect(call).rejects.toMatchObject({ code: 'PROTOCOL_ERROR', delivery: 'unsent' });
    await barrier(client);
  });
});
