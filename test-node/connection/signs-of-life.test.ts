import {
  GenericJsonHandler,
  type OpenSocket,
  type Socket,
  WebSocketClient,
  type WebSocketConfigInput,
} from 'hpx-transport-ws';
import { VirtualClock } from 'hpx-transport-ws/testing';
import { describe, expect, it } from 'vitest';
import { atEnd } from '../support/live.js';

/** A client on sockets of its own making, in virtual time. `uplink`: bytes that leave in a millisecond. */
async function connectFake(
  config: Partial<WebSocketConfigInput>,
  options: { canPing?: boolean; countsBytes?: boolean; uplink?: number } = {},
) {
  const { canPing = true, countsBytes = false, uplink = Infinity } = options;
  const clock = new VirtualClock();
  const link = { opened: 0, answers: true, buffered: 0, received: 0, pingedAt: 0, message: (_text: string) => {} };
  const openSocket: OpenSocket = (_request, events) => {
    link.opened++;
    link.buffered = 0;
    link.message = (text) => events.onMessage(text);
    const pings: number[] = [];
    const drain = () => {
      link.buffered = Math.max(0, link.buffered - uplink * 10);
      if (link.buffered === 0 && link.answers) for (const _ of pings.splice(0)) events.onPong();
      clock.setTimer(drain, 10);
    };
    clock.setTimer(() => {
      events.onOpen();
      drain();
    }, 1);
    const socket: Socket = {
      send: (data) => {
        link.buffered += data.length;
      },
      close: () => events.onClose({ code: 1000, reason: '', wasClean: true }),
      terminate: () => {},
      get bufferedAmount() {
        return link.buffered;
      },
      ...(canPing && {
        ping: () => {
          link.pingedAt = clock.now();
          pings.push(link.pingedAt);
        },
      }),
    };
    if (countsBytes) Object.defineProperty(socket, 'bytesReceived', { get: () => link.received });
    return socket;
  };
  const client = new WebSocketClient(
    { url: 'ws://test', reconnectInitialDelay: 0, pingInterval: 1_000, pongTimeout: 1_000, ...config },
    new GenericJsonHandler(),
    { clock, openSocket },
  );
  atEnd(() => client.close({ deadline: 0 }));
  const warnings: string[] = [];
  client.on('warning', ({ code }) => warnings.push(code));
  const connecting = client.connect();
  await clock.advance(10);
  await connecting;
  return { client, clock, link, warnings };
}

describe('signs of life', () => {
  it('a ping behind a long upload is not overdue while the upload makes progress [C6]', async () => {
    const { client, clock, link } = await connectFake({}, { uplink: 100 });
    void client.send('x'.repeat(600_000));
    await clock.advance(15_000);
    expect(link.opened).toBe(1);
  });

  it('an upload that makes no progress keeps no link [C6, F2]', async () => {
    const { client, clock, link } = await connectFake({}, { uplink: 0 });
    link.answers = false;
    void client.send('x'.repeat(600_000));
    await clock.advance(2_100);
    expect(link.opened).toBe(2);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
    'a ping that waited for room has its whole time after that; the room comes %i ms before a look [C6]',
    async (early) => {
      const { client, clock, link } = await connectFake({}, { uplink: 0 });
      let lostAt = 0;
      client.on('disconnected', () => {
        lostAt = clock.now();
      });
      link.answers = false;
      link.buffered = 8_000_000;
      const askedAt = 1_001;
      await clock.advance(askedAt + 300 - early - clock.now());
      expect(link.pingedAt).toBe(0);
      link.buffered = 0;
      await clock.advance(2_000);
      expect(link.pingedAt).toBeGreaterThan(askedAt);
      expect(lostAt - link.pingedAt).toBeGreaterThanOrEqual(1_000);
    },
  );

  it('bytes of a message that is not complete keep the link [C6]', async () => {
    const { clock, link } = await connectFake({}, { countsBytes: true });
    link.answers = false;
    for (let n = 0; n < 100; n++) {
      link.received += 1_000;
      await clock.advance(200);
    }
    expect(link.opened).toBe(1);
    await clock.advance(2_000);
    expect(link.opened).toBe(2);
  });
});

describe('a link that cannot be probed', () => {
  it('is kept, with one warning in the life of the client [HN19]', async () => {
    const { client, clock, link, warnings } = await connectFake({}, { canPing: false });
    await clock.advance(10_000);
    client.reconnect();
    await clock.advance(10_000);
    expect(link.opened).toBe(2);
    expect(warnings).toEqual(['link-unprobed']);
  });

  it('is replaced after idleTimeout without a message, and kept while messages come [CF17]', async () => {
    const { clock, link, warnings } = await connectFake({ idleTimeout: 20_000 }, { canPing: false });
    for (let n = 0; n < 10; n++) {
      link.message('{}');
      await clock.advance(15_000);
    }
    expect(link.opened).toBe(1);
    await clock.advance(8_000);
    expect(link.opened).toBe(2);
    expect(warnings).toEqual([]);
  });

  it('has its whole time again after the host slept [CF17]', async () => {
    const { clock, link } = await connectFake({ idleTimeout: 20_000 }, { canPing: false });
    await clock.jump(100_000);
    await clock.advance(19_900);
    expect(link.opened).toBe(1);
    await clock.advance(200);
    expect(link.opened).toBe(2);
  });

  it('rests while the client is paused [CF17, CL23]', async () => {
    const { client, clock, link } = await connectFake({ idleTimeout: 20_000 }, { canPing: false });
    client.pause();
    await clock.advance(100_000);
    expect(link.opened).toBe(1);
    client.resume();
    await clock.advance(23_000);
    expect(link.opened).toBe(2);
  });
});
