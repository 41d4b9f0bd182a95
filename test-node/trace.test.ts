import type { KeepAlive, TraceEntry } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { barrier, clientEvent, createClient, serve } from './support/live.js';
import { LoginHandler } from './support/login-handler.js';

describe('trace()', () => {
  it('emits transitions, frames and effects in order, with masked secrets, until stopped [CL29, CL30, CL43]', async () => {
    class Chatty extends LoginHandler {
      override readonly keepAlive: KeepAlive = { interval: 60_000, when: 'always', expectReply: true };
      override buildAuthMessage(): string {
        return '{"op":"auth","apiKey":"K-1","signature":"S-1","nested":{"passphrase":"P\\"1"}}';
      }
    }
    const server = await serve({ authentication: { success: { op: 'auth', success: true, token: 'T-1' } } });
    const client = createClient(server, {
      handler: new Chatty(),
      config: { url: `${server.url}/stream?listenKey=L-1` },
    });
    const entries: TraceEntry[] = [];
    const others: TraceEntry[] = [];
    const stop = client.trace((entry) => entries.push(entry));
    const stopOther = client.trace((entry) => others.push(entry));
    client.trace(() => {
      throw new Error('a sink that fails');
    });
    await client.connect();
    await client.send(new Uint8Array([1, 2, 3]));
    await barrier(client);
    stopOther();
    stopOther();
    server.dropAll();
    await clientEvent(client, 'reconnected');
    stop();
    await client.close();
    const steps = entries.flatMap((entry) => (entry.type === 'transition' ? [`${entry.from} ${entry.event}`] : []));
    expect(steps).toEqual([
      'disconnected connect',
      'connecting opened',
      'connected challenged',
      'authenticating established',
      'ready lost',
      'reconnecting retry',
      'connecting opened',
      'connected challenged',
      'authenticating established',
    ]);
    const frames = entries.flatMap((entry) => (entry.type === 'frame' ? [`${entry.direction} ${entry.text}`] : []));
    expect(frames.slice(0, 3)).toEqual([
      'out <77 characters of a login>',
      'in <42 characters of a login>',
      'out <3 bytes>',
    ]);
    const all = JSON.stringify(entries);
    for (const secret of ['K-1', 'S-1', 'P\\', 'T-1', 'L-1']) expect(all).not.toContain(secret);
    expect(entries.some((entry) => entry.type === 'effect' && entry.effect === 'dial')).toBe(true);
    expect(entries.every(({ time }) => Math.abs(time - Date.now()) < 3_600_000)).toBe(true);
    expect(others.length).toBeGreaterThan(0);
    expect(others.length).toBeLessThan(entries.length);
    expect(entries.slice(0, others.length)).toEqual(others);
  });
});
