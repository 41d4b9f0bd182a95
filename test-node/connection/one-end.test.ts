import { describe, expect, it } from 'vitest';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { CloseInfo } from '../../src/protocol/handler-types.js';
import { virtualWorld } from '../support/virtual-world.js';

/** Ends for good at close code 4003. */
class Strict extends GenericJsonHandler {
  override classifyClose({ code }: CloseInfo) {
    return code === 4003 ? ('fatal' as const) : ('retry' as const);
  }
}

/** A server whose answer, three updates and close frame arrive together. The client writes as soon as it has the answer. */
async function lastWords(write: (client: ReturnType<typeof virtualWorld>['client']) => void, code = 4003) {
  const world = virtualWorld({ handler: new Strict() });
  const { client, clock } = world;
  await world.connect();
  const subscribing = client.subscribe('fills');
  await clock.advance(10);
  const got: unknown[] = [];
  (await subscribing).on('message', (data) => got.push(data));
  const ends: number[] = [];
  client.on('disconnected', (end) => ends.push(end.code));
  const { peer } = world;
  peer.onMessage = (text) => {
    peer.sendJson({ req_id: JSON.parse(String(text)).req_id, data: 'accepted' });
    for (const fill of [1, 2, 3]) peer.sendJson({ topic: 'fills', data: fill });
    peer.close(code, 'key revoked');
  };
  const asking = client.request({ op: 'order' }).then(() => write(client));
  await clock.advance(10);
  await asking;
  return { client, clock, server: world.server, got, ends };
}

describe('a send that finds the socket closing', () => {
  it('loses no frame that had arrived, and the close code of the peer is judged [C11, C7]', async () => {
    const { client, got, ends, clock } = await lastWords((client) => {
      client.request({ op: 'cancel' }).catch(() => {});
    });
    await clock.advance(2_000);
    expect(got).toEqual([1, 2, 3]);
    expect(ends).toEqual([4003]);
    expect(await client.closed).toMatchObject({ code: 4003, reason: expect.stringContaining('key revoked') });
  });

  it('may be any kind of frame: a message, a subscription or a ping [C11]', async () => {
    const { client, got, ends, clock } = await lastWords((client) => {
      void client.send('{}').catch(() => {});
      client.subscribe('more').catch(() => {});
    }, 1012);
    await clock.advance(60_000);
    expect(got).toEqual([1, 2, 3]);
    expect(ends).toEqual([1012]);
    expect(client.epoch).toBe(2);
  });

  it('keeps a call that was not written for the next connection [C11, DL5]', async () => {
    const { client, server, clock } = await lastWords((client) => {
      client.request({ op: 'later' }).catch(() => {});
    }, 1012);
    await clock.advance(60_000);
    expect(client.epoch).toBe(2);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a socket that takes no more frames', () => {
  it('and reports no end is given up after a second, as lost [C11, C8]', async () => {
    const world = virtualWorld();
    const { openSocket } = world.runtime;
    let isBroken = false;
    Object.assign(world.runtime, {
      openSocket: ((request, events) => {
        const socket = openSocket(request, events);
        const { send } = socket;
        socket.send = (data) => {
          if (isBroken) throw new Error('broken pipe');
          send.call(socket, data);
        };
        return socket;
      }) satisfies typeof openSocket,
    });
    await world.connect();
    const losses: unknown[] = [];
    world.client.on('disconnected', ({ code, cause }) => losses.push(code, cause?.message));
    isBroken = true;
    void world.client.send('x').catch(() => {});
    await world.clock.advance(900);
    expect(losses).toEqual([]);
    await world.clock.advance(200);
    expect(losses).toEqual([1006, expect.stringContaining('broken pipe')]);
    isBroken = false;
    await world.clock.advance(60_000);
    expect(world.client.epoch).toBeGreaterThan(1);
  });
});
