import { describe, expect, it } from 'vitest';
import { serve } from '../../support/live.js';
import { connect, dial, heard, say } from './helpers.js';

describe('MockWebSocketServer: the built-in exchange', () => {
  it('confirms subscriptions and publishes to subscribed connections', async () => {
    const server = await serve();
    const [one, other] = [await connect(server), await connect(server)];
    say(one, { op: 'subscribe', req_id: '1', args: ['trades.BTC', 'trades.ETH'] });
    expect(await heard(one)).toEqual({ op: 'subscribe', req_id: '1', success: true });
    say(other, { op: 'subscribe', req_id: 2, args: ['trades.ETH'] });
    expect(await heard(other)).toEqual({ op: 'subscribe', req_id: 2, success: true });
    expect(server.connections.map(({ subscriptions }) => [...subscriptions])).toEqual([
      ['trades.BTC', 'trades.ETH'],
      ['trades.ETH'],
    ]);
    expect(server.publish('trades.BTC', { price: 1 })).toBe(1);
    expect(await heard(one, 2)).toEqual({ topic: 'trades.BTC', data: { price: 1 } });
    expect(server.publish('trades.ETH', [2])).toBe(2);
    expect(server.publish('trades.XRP', 3)).toBe(0);
    expect(await heard(other, 2)).toEqual({ topic: 'trades.ETH', data: [2] });
  });

  it('ends subscriptions', async () => {
    const server = await serve();
    const client = await connect(server);
    say(client, { op: 'subscribe', req_id: '1', args: ['a', 'b'] });
    say(client, { op: 'unsubscribe', req_id: '2', args: ['a'] });
    expect(await heard(client, 2)).toEqual({ op: 'unsubscribe', req_id: '2', success: true });
    expect([...server.subscriptions]).toEqual(['b']);
    client.socket.close(1000);
    await server.waitForClose();
    expect(server.subscriptions.size).toBe(0);
  });

  it('refuses a batch with a refused topic as a whole', async () => {
    const server = await serve();
    const client = await connect(server);
    server.refuseTopic('bad');
    say(client, { op: 'subscribe', req_id: '1', args: ['good', 'bad'] });
    expect(await heard(client)).toEqual({ op: 'subscribe', req_id: '1', success: false, error: 'unknown topic bad' });
    expect(server.subscriptions.size).toBe(0);
    server.acceptTopic('bad');
    say(client, { op: 'subscribe', req_id: '2', args: ['good', 'bad'] });
    expect(await heard(client, 2)).toMatchObject({ success: true });
    say(client, { op: 'subscribe', req_id: '3' });
    expect(await heard(client, 3)).toMatchObject({ req_id: '3', success: false });
  });

  it('echoes requests and answers pings', async () => {
    const server = await serve();
    const client = await connect(server);
    say(client, { req_id: '7', op: 'order', price: 5 });
    expect(await heard(client)).toEqual({ req_id: '7', data: { op: 'order', price: 5 } });
    say(client, { op: 'ping' });
    expect(await heard(client, 2)).toEqual({ op: 'pong' });
    say(client, { op: 'ping', req_id: '8' });
    expect(await heard(client, 3)).toEqual({ op: 'pong', req_id: '8' });
  });

  it('ignores unknown frames, and all frames when it is switched off', async () => {
    const server = await serve();
    const client = await connect(server);
    for (const text of ['no json', '[1]', 'null', '{"op":"what"}', '{}']) client.socket.send(text);
    client.socket.send(new Uint8Array([1]));
    say(client, { op: 'ping' });
    expect(await heard(client)).toEqual({ op: 'pong' });
    const silent = await serve({ exchange: false });
    const other = await connect(silent);
    say(other, { op: 'ping' });
    say(other, { req_id: '1' });
    await silent.waitForMessage('req_id');
    silent.broadcast('end');
    expect(await other.message()).toBe('end');
  });
});

describe('MockWebSocketServer: scripts', () => {
  it('match by text, expression or function; the newest match wins', async () => {
    const server = await serve({ exchange: false });
    const client = await connect(server);
    const say1 = (text: string): void => client.socket.send(text);
    server.respondTo('hello', 'one');
    const take = server.respondTo(/^hello/g, ['two', { three: 3 }, new Uint8Array([4])]);
    server.respondTo(
      (text, connection) => text === 'hello you' && connection.index === 0,
      (text) => `${text}!`,
      { once: true },
    );
    for (let n = 0; n < 3; n++) say1('hello you');
    await client.message(7);
    expect(client.messages).toEqual([
      'hello you!',
      'two',
      '{"three":3}',
      new Uint8Array([4]),
      'two',
      '{"three":3}',
      new Uint8Array([4]),
    ]);
    take();
    say1('hello');
    expect(await client.message(8)).toBe('one');
  });

  it('answer nothing with an empty list, instead of the built-in answer', async () => {
    const server = await serve();
    const client = await connect(server);
    server.respondTo('subscribe', [], { once: true });
    server.respondTo('order', () => undefined);
    say(client, { op: 'subscribe', req_id: '1', args: ['a'] });
    say(client, { op: 'order', req_id: '2' });
    say(client, { op: 'subscribe', req_id: '3', args: ['a'] });
    expect(await heard(client)).toMatchObject({ req_id: '3' });
  });

  it('may listen to every text, take it, and be removed', async () => {
    const server = await serve();
    const client = await connect(server);
    const seen: string[] = [];
    const stop = server.onMessage((connection, text) => {
      seen.push(`${connection.index} ${text}`);
      return text.includes('"take"');
    });
    server.onMessage(() => seen.push('other'));
    say(client, { req_id: 'take' });
    say(client, { req_id: 'leave' });
    expect(await heard(client)).toMatchObject({ req_id: 'leave' });
    stop();
    say(client, { req_id: '3' });
    expect(await heard(client, 2)).toMatchObject({ req_id: '3' });
    expect(seen).toEqual(['0 {"req_id":"take"}', 'other', '0 {"req_id":"leave"}', 'other', 'other']);
  });

  it('may greet, and may answer bytes', async () => {
    const server = await serve();
    server.onConnection((connection) => connection.send('welcome', connection.path));
    server.onBinary((connection, data) => connection.send(data.slice().reverse()));
    const client = dial(server, { url: `${server.url}/v5/public?x=1` });
    await client.opened;
    client.socket.send(new Uint8Array([1, 2, 3]));
    await client.message(3);
    expect(client.messages).toEqual(['welcome', '/v5/public?x=1', new Uint8Array([3, 2, 1])]);
  });
});

describe('MockWebSocketServer: delays', () => {
  it('change the order of answers if they depend on the message', async () => {
    const server = await serve({ delay: (text) => (text.includes('slow') ? 30 : 0) });
    const client = await connect(server);
    say(client, { req_id: 'slow' });
    say(client, { req_id: 'fast' });
    expect(await heard(client, 1)).toMatchObject({ req_id: 'fast' });
    expect(await heard(client, 2)).toMatchObject({ req_id: 'slow' });
  });

  it('keep the order if they are fixed; a rule may have its own delay', async () => {
    const server = await serve();
    server.delay = 5;
    server.respondTo('now', 'now', { delay: 0 });
    const client = await connect(server);
    for (const id of ['1', '2', '3']) say(client, { req_id: id });
    client.socket.send('now');
    expect(await client.message()).toBe('now');
    for (const n of [1, 2, 3]) expect(await heard(client, n + 1)).toMatchObject({ req_id: String(n) });
  });

  it('are dropped with their connection', async () => {
    const server = await serve({ delay: 1 });
    const client = await connect(server);
    say(client, { req_id: '1' });
    await server.waitForMessage();
    client.socket.terminate?.();
    await server.waitForClose();
    const next = await connect(server);
    say(next, { req_id: '2' });
    expect(await heard(next)).toMatchObject({ req_id: '2' });
  });
});

describe('MockWebSocketServer: authentication', () => {
  it('is required before anything else, and succeeds by default', async () => {
    const server = await serve({ authentication: { accepts: (text) => text.includes('secret') } });
    const client = await connect(server);
    say(client, { op: 'subscribe', req_id: '1', args: ['a'] });
    expect(await heard(client, 1)).toEqual({
      op: 'subscribe',
      req_id: '1',
      success: false,
      error: 'not authenticated',
    });
    say(client, { op: 'auth', req_id: '2', key: 'wrong' });
    expect(await heard(client, 2)).toEqual({
      op: 'auth',
      req_id: '2',
      success: false,
      error: 'authentication refused',
    });
    say(client, { op: 'auth', key: 'secret' });
    expect(await heard(client, 3)).toEqual({ op: 'auth', success: true });
    say(client, { op: 'subscribe', req_id: '3', args: ['a'] });
    expect(await heard(client, 4)).toMatchObject({ req_id: '3', success: true });
    expect([server.authAttempts, server.connections[0]?.authenticated]).toEqual([2, true]);
  });

  it('may have a script and a number of refusals', async () => {
    const server = await serve({
      exchange: false,
      authentication: {
        isAuth: (text) => text.startsWith('LOGIN'),
        success: 'OK',
        failure: (text) => `NO ${text}`,
        refusals: 2,
      },
    });
    const client = await connect(server);
    for (let n = 0; n < 3; n++) client.socket.send('LOGIN me');
    await client.message(3);
    expect(client.messages).toEqual(['NO LOGIN me', 'NO LOGIN me', 'OK']);
    server.refuseAuthentication(1);
    client.socket.send('LOGIN me');
    client.socket.send('LOGIN me');
    await client.message(5);
    expect(client.messages.slice(3)).toEqual(['NO LOGIN me', 'OK']);
  });

  it('may be optional and is counted per connection', async () => {
    const server = await serve({ authentication: { required: false } });
    const client = await connect(server);
    expect(server.connections[0]?.authenticated).toBe(true);
    say(client, { req_id: '1' });
    expect(await heard(client)).toEqual({ req_id: '1', data: {} });
  });

  it('may lose the connection between the frame and its answer [F9]', async () => {
    const server = await serve({ authentication: { success: [] } });
    server.onMessage((connection, text) => text.includes('auth') && connection.terminate());
    const client = await connect(server);
    say(client, { op: 'auth' });
    expect(await client.closed).toMatchObject({ code: 1006 });
  });
});
