import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebSocketConfigInput } from '../../src/config.js';
import { maxAttemptsPerMinute, ReconnectPolicy } from '../../src/connection/reconnect-policy.js';
import { SeededRandom } from '../../src/testing/index.browser.js';
import { testContext } from '../support/test-context.js';

function newPolicy(config: Partial<WebSocketConfigInput> = {}, random: () => number = () => 0.5) {
  const context = testContext({ config, random });
  return { policy: new ReconnectPolicy(context.config, context.runtime), clock: context.clock };
}

const settings = fc.record({
  initial: fc.integer({ min: 0, max: 5_000 }),
  more: fc.integer({ min: 0, max: 60_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.integer(),
});

describe('ReconnectPolicy', () => {
  it('keeps each delay finite after any number of failures, even with an initial delay of 0 [C4]', () => {
    for (const reconnectInitialDelay of [0, 1]) {
      const { policy } = newPolicy({ reconnectInitialDelay, reconnectMaxDelay: 1_000 });
      for (let attempt = 1; attempt <= 3_000; attempt++) {
        const delay = policy.next();
        if (!(delay >= 0 && delay <= 1_000)) expect.unreachable(`attempt ${attempt} after ${delay} ms`);
      }
    }
  });

  it('keeps each delay within [d·(1−jitter), d] [C4, CF14]', () => {
    fc.assert(
      fc.property(settings, ({ initial, more, factor, jitter, seed }) => {
        const random = new SeededRandom(seed);
        const { policy } = newPolicy(
          {
            reconnectInitialDelay: initial,
            reconnectMaxDelay: initial + more,
            reconnectBackoffFactor: factor,
            reconnectJitter: jitter,
          },
          () => random.next(),
        );
        for (let attempt = 1; attempt <= 20; attempt++) {
          const limit = Math.min(initial + more, initial * factor ** (attempt - 1));
          const delay = policy.next();
          expect(policy.attempt).toBe(attempt);
          expect(delay).toBeLessThanOrEqual(limit);
          expect(delay).toBeGreaterThanOrEqual(limit * (1 - jitter) - 1e-6);
        }
      }),
    );
  });

  it('never overflows, and adds jitter at the maximum delay too [C4]', () => {
    const random = new SeededRandom(3);
    const { policy } = newPolicy({}, () => random.next());
    for (let attempt = 0; attempt < 5_000; attempt++) policy.next();
    const delays = Array.from({ length: 1_000 }, () => policy.next());
    expect(Math.min(...delays)).toBeLessThan(1_000);
    expect(Math.max(...delays)).toBeGreaterThan(29_000);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
  });

  it('resets the attempt count only after reconnectMinUptime in ready [C4]', async () => {
    const { policy, clock } = newPolicy();
    for (let n = 0; n < 4; n++) policy.next();
    policy.ready();
    await clock.advance(4_999);
    policy.lost();
    policy.next();
    expect(policy.attempt).toBe(5);
    policy.ready();
    await clock.advance(5_000);
    policy.lost();
    policy.next();
    expect(policy.attempt).toBe(1);
  });

  it('does not count time outside ready as uptime [C4]', async () => {
    const { policy, clock } = newPolicy();
    policy.next();
    await clock.advance(60_000);
    policy.lost();
    policy.next();
    expect(policy.attempt).toBe(2);
  });

  it('is exhausted after reconnectMaxAttempts attempts, with 0 from the start [CF6]', () => {
    expect(newPolicy({ reconnectMaxAttempts: 0 }).policy.exhausted).toBe(true);
    const { policy } = newPolicy({ reconnectMaxAttempts: 2 });
    policy.next();
    expect(policy.exhausted).toBe(false);
    policy.next();
    expect(policy.exhausted).toBe(true);
  });

  it('shortens a delay to at most 1,000 at a wake, once per reconnectMinUptime [CF15, L2]', async () => {
    const { policy, clock } = newPolicy({}, () => 0.999);
    expect(policy.wake()).toBeCloseTo(999);
    expect(policy.wake()).toBeUndefined();
    await clock.advance(4_999);
    expect(policy.wake()).toBeUndefined();
    await clock.advance(1);
    expect(policy.wake()).toBeCloseTo(999);
  });

  it('waits at least as long as the server asked [RT9]', () => {
    const { policy } = newPolicy();
    policy.postpone(10_000);
    expect(policy.next()).toBeGreaterThanOrEqual(10_000);
  });

  it('spreads clients that have the same Retry-After [C4, RT9]', () => {
    const random = new SeededRandom(9);
    const { policy } = newPolicy({ reconnectMaxAttempts: Infinity }, () => random.next());
    const buckets = new Map<number, number>();
    for (let client = 0; client < 1_000; client++) {
      const own = client === 0 ? policy : newPolicy({}, () => random.next()).policy;
      own.postpone(2_000);
      const bucket = Math.floor(own.next() / 100);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    expect(Math.max(...buckets.values())).toBeLessThanOrEqual(250);
  });

  it('does not let a wake undercut Retry-After [RT9, CF15]', async () => {
    const { policy, clock } = newPolicy({}, () => 0);
    policy.postpone(20_000);
    policy.next();
    await clock.advance(1_000);
    expect(policy.wake() ?? Infinity).toBeGreaterThanOrEqual(19_000);
  });

  it('bounds the attempts of any minute even when every delay is drawn as 0 [C5]', async () => {
    for (const reconnectMaxDelay of [30_000, 1_000, 500]) {
      const { policy, clock } = newPolicy({ reconnectMaxDelay }, () => 1 - 2 ** -32);
      const attempts: number[] = [];
      while (clock.now() < 300_000) {
        policy.dialled();
        attempts.push(clock.now());
        policy.ready();
        policy.lost();
        const delays = [policy.next(), policy.wake() ?? Infinity, policy.immediate()];
        await clock.advance(Math.max(0.01, Math.min(...delays)));
      }
      const bound = maxAttemptsPerMinute(reconnectMaxDelay);
      for (let index = bound; index < attempts.length; index++) {
        const span = (attempts[index] as number) - (attempts[index - bound] as number);
        expect(span).toBeGreaterThanOrEqual(60_000 - 1e-6);
      }
      expect(attempts.length).toBeGreaterThan(bound);
    }
  });
});
