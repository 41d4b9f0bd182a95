import { beforeEach, describe, expect, it } from 'vitest';
import { Attempts } from '../../src/connection/attempts.js';
import type { Connection } from '../../src/connection/connection.js';
import { type TestContext, testContext } from '../support/test-context.js';

let context: TestContext;
let attempts: Attempts;
let due: number[];

beforeEach(() => {
  context = testContext({ config: { reconnectInitialDelay: 20_000, reconnectJitter: 0 } });
  due = [];
  attempts = new Attempts(context, () => due.push(context.clock.now()));
});

/** A connection that was replaced, and how often it was given up. */
function closing(): Connection & { readonly forgotten: number } {
  const connection = { forgotten: 0, link: { forget: () => void connection.forgotten++ } };
  return connection as unknown as Connection & { readonly forgotten: number };
}

describe('Attempts', () => {
  it('waits while two sockets are still closing, and not for a single one [C1]', async () => {
    const [one, other] = [closing(), closing()];
    attempts.linger(one);
    attempts.linger(other);
    attempts.startIn(50);
    await context.clock.advance(1_000);
    expect(due).toEqual([]);
    attempts.gone(one);
    await context.clock.advance(100);
    expect(due).toHaveLength(1);
    attempts.forgetAll();
    expect([one.forgotten, other.forgotten]).toEqual([0, 1]);
  });

  it('tells when the next attempt is planned, and how many there were [CL28]', async () => {
    expect([attempts.nextAt, attempts.count]).toEqual([undefined, 0]);
    attempts.startIn(500);
    expect(attempts.nextAt).toBe(context.clock.wallTime() + 500);
    await context.clock.advance(500);
    attempts.started();
    attempts.started();
    expect([attempts.nextAt, attempts.count]).toEqual([undefined, 2]);
    attempts.startIn(500);
    attempts.stop();
    expect([attempts.nextAt, context.clock.pendingTimers]).toEqual([undefined, 0]);
  });

  it('may be replaced at a wake after more than a second, if no socket is closing [CF18, C1]', async () => {
    const connection = closing();
    await context.clock.advance(5_000);
    attempts.started();
    await context.clock.advance(1_000);
    expect(attempts.isReplaceable).toBe(false);
    await context.clock.advance(1);
    expect(attempts.isReplaceable).toBe(true);
    attempts.linger(connection);
    expect(attempts.isReplaceable).toBe(false);
    attempts.gone(connection);
    expect(attempts.isReplaceable).toBe(true);
  });

  it('is brought forward by a wake, once, and never put off [CF15]', async () => {
    attempts.policy.lost();
    attempts.startIn(attempts.policy.next());
    const planned = attempts.nextAt as number;
    attempts.wake();
    const sooner = attempts.nextAt as number;
    expect(sooner).toBeLessThanOrEqual(context.clock.wallTime() + 1_000);
    expect(sooner).toBeLessThan(planned);
    attempts.wake();
    expect(attempts.nextAt).toBe(sooner);
  });

  it('that is due sooner than a wake would have it stays as it is [CF15]', async () => {
    attempts.policy.lost();
    attempts.policy.next();
    attempts.startIn(1);
    const planned = attempts.nextAt;
    attempts.wake();
    expect(attempts.nextAt).toBe(planned);
  });
});
