import { beforeAll, describe, expect, it } from 'vitest';
import { compile, runChild } from '../support/child.js';
import { serve } from '../support/live.js';

/** A process takes its time to start where the host is busy. */
const PATIENCE = 30_000;
let program = '';

beforeAll(async () => {
  program = await compile('child-program.ts');
}, PATIENCE);

/** A server that answers neither `never` nor, where that is wanted, a login, and drops who asks for it. */
async function unhelpful(state = '') {
  const server = await serve({ authentication: {} });
  if (state === 'authenticating') server.respondTo('"op":"auth"', []);
  server.respondTo('never', []);
  server.respondTo('drop me', (_text, connection) => {
    connection.terminate();
    return [];
  });
  if (state === 'connecting') server.hangUpgrades();
  return server;
}

describe('a process that awaits none of its promises', () => {
  it(
    'has no unhandled rejection after close() [F15, CL39]',
    async () => {
      const server = await unhelpful();
      expect(await runChild(program, server.url, 'closed')).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    PATIENCE,
  );

  it(
    'has no unhandled rejection when the client gives up [F15, CL39]',
    async () => {
      const server = await unhelpful();
      expect(await runChild(program, server.url, 'dropped')).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    PATIENCE,
  );
});

describe('a process with one closed client', () => {
  const states = ['disconnected', 'connecting', 'connected', 'authenticating', 'ready', 'reconnecting'];

  it.each(states)(
    'has nothing left that keeps it alive after close() in %s [F7, C8]',
    async (state) => {
      const server = await unhelpful(state);
      expect(await runChild(program, server.url, 'closing', state)).toEqual({ code: 0, stdout: '[]', stderr: '' });
    },
    PATIENCE,
  );
});

describe('a process that exits without close()', () => {
  it(
    'has sent every frame when the promise of send() resolves [CL18]',
    async () => {
      const server = await unhelpful();
      server.respondTo('word', []);
      expect(await runChild(program, server.url, 'last words')).toEqual({ code: 0, stdout: '', stderr: '' });
      await server.waitFor('the last word', () => server.received.some(({ data }) => data === 'word 100'));
      const words = server.received.map(({ data }) => data).filter((data) => String(data).startsWith('word'));
      expect(words).toEqual(Array.from({ length: 100 }, (_, index) => `word ${index + 1}`));
    },
    PATIENCE,
  );
});
