import { describe, expect, it } from 'vitest';
import type { WebSocketConfigInput } from '../../src/config.js';
import { Heartbeat, type Probe } from '../../src/connection/heartbeat.js';
import { GenericJsonHandler } from '../../src/handlers/generic-json.js';
import type { KeepAlive } from '../../src/protocol/handler-types.js';
import { testContext } from '../support/test-context.js';

/** A heartbeat and the link that it watches: each probe is answered after the latency while the link lives. */
function newLink(
  options: {
    config?: Partial<WebSocketConfigInput>;
    keepAlive?: KeepAlive;
    canProbe?: boolean;
    /** What the platform counts; a test changes it. */
    bytes?: Partial<Probe>;
  } = {},
) {
  const { keepAlive, canProbe = true } = options;
  const handler = new (class extends GenericJsonHandler {
    override readonly keepAlive = keepAlive as KeepAlive;
  })();
  const context = testContext({ handler, config: options.config ?? {} });
  const { clock } = context;
  const link = { lives: true, latency: 50, probes: [] as number[], deadAt: undefined as number | undefined };
  let unprobed = 0;
  const probe: Probe = Object.assign(options.bytes ?? {}, {
    send: () => {
      if (!canProbe) return undefined;
      link.probes.push(clock.now());
      if (link.lives) {
        clock.setArrival(() => {
          if (!link.lives) return;
          heartbeat.pong();
          heartbeat.alive();
        }, link.latency);
      }
      return 0;
    },
  });
  const listener = {
    onUnprobed: () => void unprobed++,
    onSilence: () => {
      link.deadAt = clock.now();
    },
  };
  const heartbeat: Heartbeat = new Heartbeat(context, probe, listener);
  return {
    link,
    heartbeat,
    clock,
    context,
    get unprobed() {
      return unprobed;
    },
  };
}

/** Members of a probe that a test may change. */
type Bytes = { -readonly [K in keyof Probe]?: Probe[K] };

/** A dead link whose probe leaves after 30 000, and is overdue after another 10 000. */
function deadLink(bytes: Bytes) {
  const world = newLink({ bytes });
  world.link.lives = false;
  world.heartbeat.start();
  return world;
}

describe('Heartbeat', () => {
  it('keeps a healthy idle link, and measures the round trip [F17]', async () => {
    const { link, heartbeat, clock } = newLink();
    heartbeat.start();
    await clock.advance(3_600_000);
    expect(link.deadAt).toBeUndefined();
    expect(link.probes).toHaveLength(120);
    expect(heartbeat.roundTrip).toBe(50);
    heartbeat.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('measures each answer from its own probe, also on a link slower than the interval [CL28]', async () => {
    const { link, heartbeat, clock } = newLink({ config: { pingInterval: 300, pongTimeout: 2_000 } });
    link.latency = 700;
    heartbeat.start();
    // Frames show life before the answers, so that probes follow each other.
    for (let turn = 0; turn < 20; turn++) {
      await clock.advance(150);
      heartbeat.alive();
      if (heartbeat.roundTrip !== undefined) expect(heartbeat.roundTrip).toBe(700);
    }
    expect(link.probes.length).toBeGreaterThan(5);
    expect(heartbeat.roundTrip).toBe(700);
    heartbeat.stop();
  });

  it('forgets a probe whose answer the server left out [CL28]', async () => {
    const { link, heartbeat, clock } = newLink();
    link.lives = false;
    heartbeat.start();
    await clock.advance(30_000);
    heartbeat.alive();
    link.lives = true;
    await clock.advance(60_000);
    expect(heartbeat.roundTrip).toBe(50);
    heartbeat.stop();
  });

  it('notices a dead link within pingInterval + pongTimeout, at whatever time it died [C6, F2]', async () => {
    for (let diedAt = 30_000; diedAt < 60_000; diedAt += 1_234) {
      const { link, heartbeat, clock } = newLink();
      heartbeat.start();
      await clock.advance(diedAt);
      link.lives = false;
      await clock.advance(40_000);
      expect((link.deadAt as number) - diedAt).toBeLessThanOrEqual(40_000);
    }
  });

  it('takes any inbound frame as a sign of life [C6]', async () => {
    const { link, heartbeat, clock } = newLink();
    link.lives = false; // answers no probe, but sends data
    heartbeat.start();
    for (let n = 0; n < 100; n++) {
      await clock.advance(9_000);
      heartbeat.alive();
    }
    expect(link.deadAt).toBeUndefined();
  });

  it('probes again after a sleep before it gives the link up [C6]', async () => {
    for (const sleptAt of [10_000, 29_999, 30_010, 35_000, 39_999]) {
      const { link, heartbeat, clock } = newLink();
      heartbeat.start();
      await clock.advance(sleptAt);
      await clock.jump(3_600_000);
      await clock.advance(60_000);
      expect(link.deadAt).toBeUndefined();
    }
  });

  it('keeps a link that answered while the event loop was blocked [C6]', async () => {
    for (const blocked of [9_990, 10_000, 10_001, 10_500, 10_999, 11_001, 15_000, 45_000]) {
      const { link, heartbeat, clock } = newLink();
      heartbeat.start();
      await clock.advance(30_010); // the probe is out, its answer under way
      await clock.jump(blocked);
      await clock.advance(60_000);
      expect(link.deadAt, `blocked for ${blocked} ms`).toBeUndefined();
    }
  });

  it('notices after a sleep that the link died during it [C6]', async () => {
    const { link, heartbeat, clock } = newLink();
    heartbeat.start();
    await clock.advance(15_000);
    link.lives = false;
    await clock.jump(3_600_000);
    await clock.advance(40_000);
    expect(link.deadAt).toBeDefined();
  });

  it.each([1_000, 60_000])(
    'keeps a live link and notices a dead one while timers are throttled to %d ms [C6]',
    async (grid) => {
      const { link, heartbeat, clock } = newLink();
      heartbeat.start();
      clock.throttle(grid);
      await clock.advance(1_800_000);
      expect(link.deadAt).toBeUndefined();
      link.lives = false;
      await clock.advance(600_000);
      expect(link.deadAt).toBeDefined();
    },
  );

  it('uses the monotonic clock and ignores steps of the wall clock [C6]', async () => {
    const { link, heartbeat, clock } = newLink();
    heartbeat.start();
    for (const step of [86_400_000, -86_400_000, -3_600_000]) {
      await clock.advance(30_020);
      clock.stepWall(step);
      await clock.advance(100_000);
    }
    expect(link.deadAt).toBeUndefined();
    expect(link.probes.length).toBeGreaterThan(10);
  });

  it('probes the link at once when the host wakes [C6]', async () => {
    const { link, heartbeat, clock } = newLink();
    heartbeat.start();
    await clock.advance(5_000);
    link.lives = false;
    heartbeat.wake();
    heartbeat.wake();
    expect(link.probes).toEqual([5_000]);
    await clock.advance(10_000);
    expect(link.deadAt).toBe(15_000);
  });

  it("pings only after silence with 'after-silence' [HN18]", async () => {
    const keepAlive: KeepAlive = { interval: 20_000, when: 'after-silence', expectReply: true };
    const { link, heartbeat, clock } = newLink({ keepAlive });
    heartbeat.start();
    for (let n = 0; n < 20; n++) {
      await clock.advance(15_000);
      heartbeat.alive();
    }
    expect(link.probes).toEqual([]);
    link.lives = false;
    await clock.advance(30_000);
    expect(link.probes).toEqual([320_000]);
    expect(link.deadAt).toBe(330_000);
  });

  it('keeps pinging and never gives up with expectReply: false [HN18]', async () => {
    const keepAlive: KeepAlive = { interval: 5_000, when: 'always', expectReply: false };
    const { link, heartbeat, clock } = newLink({ keepAlive });
    link.lives = false;
    heartbeat.start();
    await clock.advance(60_000);
    expect(link.probes).toHaveLength(12);
    expect(link.deadAt).toBeUndefined();
  });

  it('keeps a silent link that it cannot probe [HN19, F17]', async () => {
    const { link, heartbeat, clock } = newLink({ canProbe: false });
    link.lives = false;
    heartbeat.start();
    await clock.advance(3_600_000);
    expect(link.deadAt).toBeUndefined();
  });

  it('sets no timer with pingInterval 0, not even after a wake [CF9]', async () => {
    const { link, heartbeat, clock } = newLink({ config: { pingInterval: 0 } });
    heartbeat.start();
    heartbeat.wake();
    heartbeat.alive();
    await clock.advance(100_000);
    expect(link.probes).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the verdict of a heartbeat', () => {
  it('falls at once where the platform counts no bytes and nothing waits [C6]', async () => {
    const { clock, link } = deadLink({});
    await clock.advance(30_000);
    // One timer, and none that looks for bytes.
    const { pendingTimers } = clock;
    await clock.advance(9_999);
    expect([pendingTimers, clock.pendingTimers, link.deadAt]).toEqual([1, 1, undefined]);
    await clock.advance(1);
    expect(link.deadAt).toBe(40_000);
  });

  it('is put off from the last byte that came in, by pongTimeout [C6]', async () => {
    const bytes: Bytes = { bytesReceived: 100 };
    const { clock, link } = deadLink(bytes);
    await clock.advance(38_500);
    bytes.bytesReceived = 101;
    await clock.advance(10_499);
    expect(link.deadAt).toBeUndefined();
    await clock.advance(1_000);
    expect(link.deadAt).toBe(49_000);
  });

  it('is put off while bytes before the ping leave, and no longer [C6]', async () => {
    const bytes: Bytes = { bufferedAmount: 5_000, bytesSent: 1_000 };
    const { clock, link } = deadLink(bytes);
    await clock.advance(38_500);
    // Handed over since: these leave behind the ping, and prove nothing.
    bytes.bufferedAmount = 9_000;
    bytes.bytesSent = 2_000;
    await clock.advance(10_000);
    expect(link.deadAt).toBeUndefined();
    bytes.bytesSent = 6_000;
    bytes.bufferedAmount = 4_000;
    await clock.advance(10_000);
    expect(link.deadAt).toBeUndefined();
    bytes.bytesSent = 9_000;
    bytes.bufferedAmount = 1_000;
    await clock.advance(2_000);
    expect(link.deadAt).toBe(59_000);
  });

  it('is put off once when a ping that waited for room has left [C6]', async () => {
    const bytes: Bytes = { isHeldBack: true };
    const { clock, link } = deadLink(bytes);
    await clock.advance(38_500);
    bytes.isHeldBack = false;
    await clock.advance(10_499);
    expect(link.deadAt).toBeUndefined();
    await clock.advance(1_000);
    expect(link.deadAt).toBe(49_000);
  });

  it('is not given where a byte came in with the very last timer [C6]', async () => {
    const bytes: Bytes = { bytesReceived: 100 };
    const { clock, link } = deadLink(bytes);
    await clock.advance(39_500);
    clock.setTimer(() => {
      // Between the look that finds the ping overdue and the verdict.
      clock.setTimer(() => {
        bytes.bytesReceived = 101;
      }, 0);
    }, 499);
    await clock.advance(5_000);
    expect(link.deadAt).toBeUndefined();
    await clock.advance(10_000);
    expect(link.deadAt).toBe(50_000);
  });

  it('gives a late timer another probe, three times in a row at most [C6]', async () => {
    const { clock, context, link } = deadLink({});
    const late: unknown[] = [];
    context.trace.add((entry) => {
      if (entry.type === 'effect' && entry.effect === 'probeAgain') late.push(entry.detail);
    });
    await clock.advance(30_000);
    for (let turn = 0; turn < 3; turn++) {
      await clock.jump(12_000);
      expect(link.deadAt).toBeUndefined();
    }
    await clock.jump(12_000);
    await clock.advance(0);
    expect(link.deadAt).toBeDefined();
    expect(late).toEqual([{ lateness: 2_000 }, { lateness: 2_000 }, { lateness: 2_000 }]);
  });

  it('is given to a timer that is late by a tenth of pongTimeout, or less [C6]', async () => {
    const { clock, link } = deadLink({});
    await clock.advance(30_000);
    await clock.jump(11_000);
    await clock.advance(0);
    expect(link.deadAt).toBeDefined();
  });

  it('is told as missing only where there is no way to ping [HN19]', async () => {
    const live = newLink();
    live.heartbeat.start();
    await live.clock.advance(120_000);
    const mute = newLink({ canProbe: false });
    mute.heartbeat.start();
    await mute.clock.advance(120_000);
    expect([live.unprobed, mute.unprobed]).toEqual([0, 4]);
  });
});
