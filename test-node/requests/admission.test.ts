import { GenericJsonHandler, type Limits, ProtocolError } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectedWorld, outcome, virtualWorld } from '../support/virtual-world.js';

/** Refuses frames of more than 20 bytes. */
class ShortFrames extends GenericJsonHandler {
  override readonly limits: Limits = { bytesPerFrame: 20 };
}

describe('calls that wait for the connection', () => {
  it('hold maxBufferedBytes together, and not a byte more [R3, CF11]', async () => {
    const { client, connect, server } = virtualWorld({ config: { maxBufferedBytes: 100, maxMessageSize: 100 } });
    const accepted = [client.send('a'.repeat(60)), client.send(new Uint8Array(40))];
    expect(await outcome(client.send('b'))).toMatchObject({
      error: {
        code: 'CAPACITY_EXCEEDED',
        limit: 'maxBufferedBytes',
        capacity: 100,
        delivery: 'unsent',
        message: expect.stringContaining('The calls that wait hold too many bytes'),
      },
    });
    expect(client.stats().waitingCalls).toBe(2);
    await connect();
    expect(await Promise.all(accepted)).toEqual([undefined, undefined]);
    expect(server.connections[0]?.received.map(({ length }) => length)).toEqual([60, 40]);
  });

  it('are the only ones that it bounds: a frame that leaves at once may be larger', async () => {
    const { client, clock, peer } = await connectedWorld({ config: { maxBufferedBytes: 100, maxMessageSize: 100 } });
    await client.send('a'.repeat(101));
    await clock.advance(5);
    expect(peer.received.map(({ length }) => length)).toEqual([101]);
  });
});

describe('a frame above bytesPerFrame', () => {
  it.each([
    ['as text', 'é'.repeat(10), 'é'.repeat(11), 22],
    ['in bytes', new Uint8Array(20), new Uint8Array(21), 21],
  ])('%s does not leave; a frame of just that size does [HN24, ER3]', async (_kind, fits, tooLarge, bytes) => {
    const { client, clock, peer } = await connectedWorld({ handler: new ShortFrames() });
    expect(await outcome(client.send(tooLarge))).toMatchObject({
      error: {
        code: 'MESSAGE_TOO_LARGE',
        limit: 20,
        delivery: 'unsent',
        message: expect.stringContaining(`${bytes} bytes`),
      },
    });
    await client.send(fits);
    await clock.advance(5);
    expect(peer.received).toEqual([fits]);
  });
});

describe('a call that the state of the client does not allow', () => {
  it('says the state, and whether another try makes sense [DL4, ER1]', async () => {
    const { client, clock, close } = virtualWorld();
    const now = (retry: 'never' | 'unsent') => outcome(client.request({ op: 'x' }, { retry }));
    expect(await now('never')).toMatchObject({
      error: { code: 'CONNECTION_CLOSED', retryable: true, message: expect.stringContaining('disconnected') },
    });
    void client.connect();
    await clock.advance(0);
    expect(await now('never')).toMatchObject({
      error: { retryable: true, delivery: 'unsent', message: expect.stringContaining('connecting') },
    });
    await close();
    expect(await now('unsent')).toMatchObject({
      error: { retryable: false, delivery: 'unsent', message: expect.stringContaining('closed') },
    });
  });
});

describe('a payload that is no JSON', () => {
  it('is refused with the reason why, unsent [ER1]', async () => {
    const { client } = await connectedWorld();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const { error } = (await outcome(client.request(circular))) as { error: ProtocolError };
    expect(error).toBeInstanceOf(ProtocolError);
    expect([error.delivery, error.cause]).toEqual(['unsent', expect.any(TypeError)]);
  });
});
