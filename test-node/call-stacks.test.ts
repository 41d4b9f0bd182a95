import { describe, expect, it } from 'vitest';
import { outcomeOf } from './support/live.js';
import { connectedWorld } from './support/virtual-world.js';

async function stacks(callStacks: boolean): Promise<string[]> {
  const { client, clock, server } = await connectedWorld({ config: { callStacks } });
  server.mute = true;
  const outcomes = [
    outcomeOf(client.request({ op: 'order' }, { timeout: 100 })),
    outcomeOf(client.requestRaw('{"req_id":"own"}', { timeout: 100 })),
    outcomeOf(client.subscribe('trades', { timeout: 100 })),
    outcomeOf(client.request({ op: 'order' })),
  ];
  await clock.advance(200);
  server.drop();
  await clock.advance(1);
  return (await Promise.all(outcomes)).map((outcome) => ('error' in outcome && (outcome.error as Error).stack) || '');
}

describe('the stack of an error', () => {
  it('leads to the line that made the call, with callStacks [ER14]', async () => {
    const found = await stacks(true);
    expect(found.map((stack) => stack.split(':')[0])).toEqual([
      'RequestTimeoutError',
      'RequestTimeoutError',
      'SubscriptionFailedError',
      'ConnectionClosedError',
    ]);
    for (const stack of found) {
      const [, first] = stack.split(/\n(?= {4}at )/);
      expect(first).toMatch(/call-stacks\.test\.ts:\d+/);
    }
  });

  it('does not by default, because to note each call has its cost [ER14, CF2]', async () => {
    for (const stack of await stacks(false)) expect(stack).not.toMatch(/at stacks /);
  });
});
