import type { PendingCall } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { connectClient, outcomeOf, serve } from '../support/live.js';

const MANY = 20_000;

/** A client with very many written requests that nobody answers. */
async function world() {
  const server = await serve({ exchange: false });
  const client = await connectClient(server, {
    config: { maxPendingRequests: MANY, commandChannelCapacity: MANY, requestTimeout: Infinity },
  });
  const calls = Array.from({ length: MANY }, (_, n) => client.request({ op: 'order', n }));
  return { server, client, calls };
}

function codesOf(calls: readonly PendingCall<unknown>[]): Promise<Set<unknown>> {
  const outcomes = Promise.all(calls.map(outcomeOf));
  return outcomes.then((list) => new Set(list.map((outcome) => 'error' in outcome && (outcome.error as Error).name)));
}

describe('very many requests whose connection is lost', () => {
  it('end at once, and reject in slices between which the event loop runs [R1, DL23]', async () => {
    const { server, client, calls } = await world();
    const first = calls[0]?.catch(() => {});
    let turns = 0;
    let isOver = false;
    const countTurns = (): void => {
      turns++;
      if (!isOver) setImmediate(countTurns);
    };
    const lost = new Promise<void>((resolve) => {
      client.once('disconnected', () => {
        // All have ended before anybody is told.
        expect(client.stats().pendingRequests).toBe(0);
        expect(new Set(calls.map(({ delivery }) => delivery))).toEqual(new Set(['unknown']));
        resolve();
      });
    });
    const all = codesOf(calls);
    server.connections[0]?.terminate();
    await lost;
    await first;
    setImmediate(countTurns);
    expect(await all).toEqual(new Set(['ConnectionClosedError']));
    isOver = true;
    expect(turns).toBeGreaterThan(1);
  });

  it('are all settled when close() is, in the middle of that [C8, R1]', async () => {
    const { server, client, calls } = await world();
    let settled = 0;
    for (const call of calls) call.catch(() => settled++);
    const lost = new Promise((resolve) => client.once('disconnected', resolve));
    server.connections[0]?.terminate();
    await lost;
    await client.close();
    expect(settled).toBe(MANY);
  });
});
