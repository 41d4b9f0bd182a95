import { type Frames, GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { Deferred } from '../../src/util/deferred.js';
import { virtualWorld } from '../support/virtual-world.js';

/** Greets when a test says so, one connection after the other. */
class Greeter extends GenericJsonHandler {
  readonly greetings: Deferred<Frames>[] = [];
  override onConnect(): Promise<Frames> {
    const greeting = new Deferred<Frames>();
    this.greetings.push(greeting);
    return greeting.promise;
  }
}

class Authenticator extends GenericJsonHandler {
  override buildAuthMessage(): Frames {
    return '{"op":"auth"}';
  }
  override isAuthSuccess(message: Message): boolean {
    return message.field('op') === 'auth';
  }
}

const config = { reconnectInitialDelay: 100, reconnectJitter: 0 };

describe('the greeting of a handler', () => {
  it('that fails loses the attempt, which is told, and the next attempt may succeed [HN13, HN30]', async () => {
    const handler = new Greeter();
    const { client, clock, sent } = virtualWorld({ handler, config });
    const causes: unknown[] = [];
    client.on('reconnecting', ({ cause }) => causes.push(cause));
    void client.connect();
    await clock.advance(10);
    handler.greetings[0]?.reject(new Error('no nonce'));
    await clock.advance(200);
    expect(causes).toMatchObject([
      { code: 'PROTOCOL_ERROR', message: expect.stringContaining('no nonce'), retryable: true },
    ]);
    handler.greetings[1]?.resolve('{"op":"hello"}');
    await clock.advance(10);
    expect([client.state, sent.map(({ op }) => op)]).toEqual(['ready', ['hello']]);
  });

  it('that comes after the end of its connection changes nothing [HN13, C1]', async () => {
    const handler = new Greeter();
    const { client, clock, sent, server } = virtualWorld({ handler, config });
    const states: string[] = [];
    void client.connect();
    await clock.advance(10);
    server.drop();
    await clock.advance(500);
    expect(handler.greetings).toHaveLength(2);
    client.on('stateChange', (state) => states.push(state));
    handler.greetings[0]?.resolve('{"op":"late"}');
    await clock.advance(10);
    expect([states, sent]).toEqual([[], []]);
    handler.greetings[1]?.resolve(undefined);
    await clock.advance(10);
    expect(states).toEqual(['ready']);
  });

  it('that fails after the end of its connection changes nothing [HN13, C1]', async () => {
    const handler = new Greeter();
    const { client, clock, server } = virtualWorld({ handler, config });
    void client.connect();
    await clock.advance(10);
    server.drop();
    await clock.advance(500);
    const { state } = client;
    handler.greetings[0]?.reject(new Error('late'));
    await clock.advance(10);
    expect([client.state, handler.greetings.length]).toEqual([state, 2]);
  });
});

describe('authenticated', () => {
  it.each([
    ['where the server accepted a login', new Authenticator(), {}, 1],
    ['not where no login is wanted', new Authenticator(), { authOnConnect: false }, 0],
    ['not where the protocol has none', new GenericJsonHandler(), {}, 0],
  ])('is emitted %s [CL33]', async (_name, handler, more, count) => {
    const { client, connect, clock } = virtualWorld({ handler, config: { ...config, ...more } });
    let heard = 0;
    client.on('authenticated', () => heard++);
    await connect();
    await clock.advance(1_000);
    expect([client.state, heard]).toEqual(['ready', count]);
  });

  it('is not reached by frames that are signed after the end of their connection [HN13, C1]', async () => {
    const signatures: Deferred<Frames>[] = [];
    const handler = new (class extends GenericJsonHandler {
      override buildAuthMessage(): Promise<Frames> {
        const signature = new Deferred<Frames>();
        signatures.push(signature);
        return signature.promise;
      }
      override isAuthSuccess(message: Message): boolean {
        return message.field('op') === 'auth';
      }
    })();
    const { client, clock, sent, server } = virtualWorld({ handler, config });
    void client.connect();
    await clock.advance(10);
    server.drop();
    await clock.advance(500);
    signatures[0]?.resolve('{"op":"auth","at":1}');
    await clock.advance(10);
    expect([client.state, sent]).toEqual(['connected', []]);
    signatures[1]?.resolve('{"op":"auth","at":2}');
    await clock.advance(10);
    expect([client.state, sent.length]).toEqual(['ready', 1]);
  });
});
