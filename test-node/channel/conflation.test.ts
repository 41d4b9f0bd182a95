import { beforeEach, describe, expect, it } from 'vitest';
import { Conflation } from '../../src/channel/conflation.js';
import { VirtualClock } from '../../src/testing/index.browser.js';

let clock: VirtualClock;
let conflation: Conflation;
let flushed: string[];

const one = (name: string) => ({ flush: () => void flushed.push(`${name} ${clock.now()}`) });

beforeEach(() => {
  clock = new VirtualClock();
  conflation = new Conflation(clock, clock);
  flushed = [];
});

describe('Conflation', () => {
  it('serves all channels of an interval with one timer, each at most once per interval [CH17]', async () => {
    const [a, b] = [one('a'), one('b')];
    conflation.join(16, a);
    await clock.advance(10);
    conflation.join(16, b);
    conflation.join(16, a);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(7);
    expect(flushed).toEqual(['a 16', 'b 16']);
    conflation.join(16, b);
    await clock.advance(100);
    expect(flushed).toEqual(['a 16', 'b 16', 'b 33']);
  });

  it('serves each interval with its own timer', async () => {
    conflation.join(16, one('a'));
    conflation.join(100, one('b'));
    await clock.advance(100);
    expect(flushed).toEqual(['a 16', 'b 100']);
  });

  it('clears the timer when the last channel leaves [C8]', () => {
    const [a, b] = [one('a'), one('b')];
    conflation.join(16, a);
    conflation.join(16, b);
    conflation.leave(16, a);
    expect(clock.pendingTimers).toBe(1);
    conflation.leave(16, b);
    expect(clock.pendingTimers).toBe(0);
  });

  it('makes a channel that joins during a tick wait for the next tick', async () => {
    const again = { flush: () => (flushed.push(`again ${clock.now()}`) < 3 ? conflation.join(16, again) : undefined) };
    conflation.join(16, again);
    await clock.advance(1_000);
    expect(flushed).toEqual(['again 16', 'again 32', 'again 48']);
  });
});
