import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { outcome, virtualWorld } from '../support/virtual-world.js';

/** A server of this handler may be too busy for a login. */
class PatientHandler extends GenericJsonHandler {
  override buildAuthMessage() {
    return '{"op":"login"}';
  }
  override isAuthSuccess(message: Message) {
    return message.field('op') === 'login' && message.field('later') !== 'yes';
  }
  override isAuthFailure(message: Message) {
    return message.field('later') === 'yes' ? 'retry' : false;
  }
  override extractError(message: Message) {
    return message.field('later') === 'yes' ? { message: 'busy', code: 50 } : undefined;
  }
}

describe('a login that is refused for now', () => {
  it('is told, counts as no refusal, and is tried again with the next connection [HN15, CF8]', async () => {
    const config = { authMaxAttempts: 2, reconnectInitialDelay: 100, reconnectJitter: 0 };
    const world = virtualWorld({ handler: new PatientHandler(), config });
    const { client, clock, server } = world;
    const causes: unknown[] = [];
    client.on('reconnecting', ({ cause }) => causes.push(cause));
    server.onSend = () => {};
    void client.connect();
    await clock.advance(10);
    for (let n = 0; n < 4; n++) {
      world.peer.sendJson({ op: 'login', later: 'yes' });
      await clock.advance(2_000);
    }
    expect(causes).toHaveLength(4);
    for (const cause of causes)
      expect(cause).toMatchObject({ code: 'AUTHENTICATION_FAILED', serverCode: 50, retryable: true });
    world.peer.sendJson({ op: 'login' });
    await clock.advance(10);
    expect(client.state).toBe('ready');
  });

  it('inside a live session rejects the call, and the connection stays [CL20]', async () => {
    const world = virtualWorld({ handler: new PatientHandler(), config: { authOnConnect: false } });
    const { client, clock, connect, server } = world;
    await connect();
    server.onSend = () => {};
    const call = client.authenticate();
    call.catch(() => {});
    await clock.advance(10);
    world.peer.sendJson({ op: 'login', later: 'yes' });
    await clock.advance(10);
    expect(await outcome(call)).toMatchObject({ error: { code: 'AUTHENTICATION_FAILED', retryable: true } });
    expect([client.state, client.epoch]).toEqual(['ready', 1]);
  });
});

describe('an attempt that the handler calls final', () => {
  it('ends the client with the status of the refusal, which is not retryable [C7, HN16]', async () => {
    const handler = new (class extends GenericJsonHandler {
      override classifyClose() {
        return 'fatal' as const;
      }
    })();
    const { client, clock, network } = virtualWorld({ handler });
    network.admission = { status: 410 };
    const connecting = client.connect();
    connecting.catch(() => {});
    await clock.advance(1_000);
    expect(await outcome(connecting)).toMatchObject({
      error: { code: 'CONNECTION_FAILED', status: 410, retryable: false, cause: expect.any(Error) },
    });
    expect(client.state).toBe('closed');
  });
});
