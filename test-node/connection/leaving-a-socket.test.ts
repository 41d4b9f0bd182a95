import { GenericJsonHandler, type Message, type Signal, type Socket } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { ownSockets } from '../support/own-sockets.js';

/** Heeds `{"op":"bye"}` as a notice of the server. */
class NoticeHandler extends GenericJsonHandler {
  override generateRequestId(): number {
    return 1;
  }
  override extractSignal(message: Message): Signal | undefined {
    return message.field('op') === 'bye' ? { type: 'reconnect' } : undefined;
  }
}

/** A client that waits for the answer of a request, and replaces its connection then. */
async function leaving(options: Parameters<typeof ownSockets>[0] = {}) {
  const world = ownSockets({
    handler: new NoticeHandler(),
    config: { leaveTimeout: 5_000, useWebsocketPing: true },
    ...options,
  });
  await world.connect();
  const call = world.client.request({ op: 'order' }, { timeout: 60_000 });
  call.catch(() => {});
  world.client.reconnect('maintenance');
  const first = world.nth(0);
  return { ...world, call, first, calls: () => first.calls.filter((text) => !text.startsWith('send')) };
}

describe('a connection that is about to be replaced', () => {
  it('is asked for a sign of life, and dropped if it gives none for a second [CL50, C6]', async () => {
    const { clock, calls } = await leaving();
    expect(calls()).toEqual(['ping']);
    await clock.advance(999);
    expect(calls()).toEqual(['ping']);
    await clock.advance(1);
    expect(calls()).toEqual(['ping', 'terminate']);
  });

  it('that lives ends with a closing handshake: when the last answer is there, or after leaveTimeout [CL50]', async () => {
    for (const isAnswered of [true, false]) {
      const { clock, calls, first } = await leaving();
      first.events.onPong();
      await clock.advance(4_000);
      expect(calls()).toEqual(['ping']);
      if (isAnswered) first.events.onMessage('{"req_id":1}');
      await clock.advance(isAnswered ? 5 : 1_000);
      expect(calls()).toEqual(['ping', expect.stringMatching(/^close 1000 /)]);
    }
  });

  it('is waited for all of leaveTimeout where it cannot be asked [CL50]', async () => {
    const { clock, calls } = await leaving({
      config: { leaveTimeout: 5_000 },
      socket: { ping: undefined } as unknown as Partial<Socket>,
    });
    await clock.advance(4_999);
    expect(calls()).toEqual([]);
    await clock.advance(1);
    expect(calls()).toEqual([expect.stringMatching(/^close 1000 /)]);
  });

  it('is not given up while a long upload makes progress [CL50, C6]', async () => {
    let buffered = 600_000;
    const socket = {
      get bufferedAmount() {
        return buffered;
      },
    };
    const { clock, calls } = await leaving({ socket, config: { leaveTimeout: 20_000 } });
    for (let second = 0; second < 6; second++) {
      buffered -= 100_000;
      await clock.advance(1_000);
    }
    expect(calls()).not.toContain('terminate');
    await clock.advance(2_000);
    expect(calls()).toContain('terminate');
  });

  it('is not asked for anything where code that sees the end in the trace ends it at once [CL50, C11]', async () => {
    const world = ownSockets({ handler: new NoticeHandler() });
    await world.connect();
    world.client.trace((entry) => {
      if (entry.type === 'effect' && entry.effect === 'leave') world.client.reconnect();
    });
    world.client.request({ op: 'order' }).catch(() => {});
    world.client.reconnect();
    await world.clock.advance(10);
    expect(world.nth(0).calls.slice(1)).toEqual([expect.stringMatching(/^close 1000 /)]);
  });

  it('is not asked for a sign of life that the notice of its server was [CL50, HN20]', async () => {
    const { clock, connect, nth } = ownSockets({ handler: new NoticeHandler() });
    await connect();
    nth(0).events.onMessage('{"op":"bye"}');
    await clock.advance(10);
    expect(nth(0).calls).toEqual([expect.stringMatching(/^close 1000 /)]);
  });

  it('is replaced as soon as what its last answer led to is answered, too [CL50]', async () => {
    const { client, clock, calls, first } = await leaving({ config: { leaveTimeout: 60_000 } });
    first.events.onPong();
    client.once('message', () => {
      client.requestRaw('{"op":"cancel-all"}', { requestId: 2, priority: 'high' }).catch(() => {});
    });
    first.events.onMessage('{"req_id":1}');
    first.events.onMessage('{"op":"fill"}');
    await clock.advance(3_000);
    expect(calls()).toEqual(['ping']);
    first.events.onMessage('{"req_id":2}');
    await clock.advance(5);
    expect(calls()).toEqual(['ping', expect.stringMatching(/^close 1000 /)]);
  });
});
