import type { MockServerOptions } from 'hpx-transport-ws/testing';
import { expect, it } from 'vitest';
import { FaultProxy } from '../real-faults/fault-proxy.js';
import { compile, runChild } from '../support/child.js';
import { atEnd, serve } from '../support/live.js';
import type { LeakScenario, Leftover } from './leak-program.js';

/** A process takes its time to start where the host is busy. */
const PATIENCE = 60_000;
/** No attempt after the first one, as far as this test is concerned. */
const PATIENT = { reconnectInitialDelay: 60_000, reconnectMaxDelay: 60_000, reconnectJitter: 0 } as const;

async function unhelpful(options: MockServerOptions = {}) {
  const server = await serve({ authentication: {}, ...options });
  server.respondTo('never', []);
  server.respondTo('drop me', (_text, connection) => {
    connection.terminate();
    return [];
  });
  return server;
}

it(
  'close() in every state leaves no resource, listener, socket or promise, and the process exits [C8, F5, F7]',
  async () => {
    const server = await unhelpful();
    const hanging = await unhelpful();
    hanging.hangUpgrades();
    const silent = await unhelpful();
    silent.respondTo('"op":"auth"', []);
    const strict = await unhelpful({ authentication: { accepts: () => false } });
    const mute = await unhelpful();
    mute.onMessage((connection, text) => {
      // Its greeting is heard, and nothing else.
      if (text.includes('"op":"never"')) connection.mute();
    });
    const unserved = await FaultProxy.start(server.port);
    atEnd(() => unserved.close());
    unserved.admission = 'hang';
    const scenarios: LeakScenario[] = [
      { name: 'disconnected', url: server.url, state: 'disconnected' },
      { name: 'connecting, no answer to the upgrade', url: hanging.url, state: 'connecting' },
      { name: 'connecting, no answer at all', url: unserved.url, state: 'connecting' },
      { name: 'connected', url: server.url, state: 'connected', endlessGreeting: true },
      { name: 'authenticating', url: silent.url, state: 'authenticating' },
      { name: 'ready', url: server.url, state: 'ready' },
      { name: 'ready, a mute server', url: mute.url, state: 'ready', deadline: 20 },
      { name: 'reconnecting', url: server.url, state: 'reconnecting', drop: true, config: PATIENT },
      { name: 'reconnecting, never connected', url: 'ws://127.0.0.1:1', state: 'reconnecting', config: PATIENT },
      { name: 'closing', url: server.url, state: 'closing', deadline: 20 },
      { name: 'closing, a mute server', url: mute.url, state: 'closing', deadline: 20 },
      {
        name: 'closed by itself, attempts',
        url: server.url,
        state: 'closed',
        drop: true,
        config: { reconnectMaxAttempts: 0 },
      },
      { name: 'closed by itself, credentials', url: strict.url, state: 'closed', config: { authMaxAttempts: 1 } },
    ];
    const { code, stdout, stderr } = await runChild(
      await compile('../leaks/leak-program.ts'),
      JSON.stringify(scenarios),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const clean = { resources: [], processListeners: 0, signalListeners: 0, openCalls: [] };
    expect(JSON.parse(stdout) as Leftover[]).toEqual(scenarios.map(({ name }) => ({ name, ...clean })));
    for (const each of [server, hanging, silent, strict, mute]) await each.waitForIdle();
    await unserved.untilIdle();
  },
  PATIENCE,
);
