import { Worker } from 'node:worker_threads';
import { ConnectionClosedError, ConnectionFailedError } from 'hpx-transport-ws';
import { connectWorker } from 'hpx-transport-ws/worker';
import { expect, it } from 'vitest';
import { compile } from '../support/child.js';
import { atEnd, clientEvent, collect, outcomeOf, serve } from '../support/live.js';
import { settled } from '../support/worker-pair.js';

/** A page whose worker is a thread of its own. */
async function startThread(program?: string) {
  const server = await serve();
  const script = program ?? (await compile('./worker-program.ts'));
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(absolute(script))}`), {
    workerData: { url: server.url },
  });
  const page = connectWorker(worker);
  atEnd(() => worker.terminate());
  return { server, worker, page };
}

/** A module of a data: URL finds no packages by their names. */
function absolute(script: string): string {
  return script.replace(
    /from "(ws|isomorphic-ws|nanoid|eventemitter3)"/g,
    (_, name) => `from "${import.meta.resolve(name)}"`,
  );
}

it('a client in a thread of Node serves requests and channels [WK22]', async () => {
  const { page, server, worker } = await startThread();
  await page.connect();
  expect(await page.request({ op: 'quote' })).toEqual({ op: 'quote' });
  const channel = await page.subscribe('trades');
  const { until } = collect(channel);
  await settled({ page });
  for (let n = 0; n < 100; n++) server.publish('trades', { n });
  expect(await until(100)).toHaveLength(100);
  await page.close();
  await server.waitForIdle();
  await worker.terminate();
});

it('a thread that exits, or whose code fails, is a lost worker [WK13]', async () => {
  for (const [what, words] of [
    ['exit', 'exit code 3'],
    ['throw', 'exit code 1'],
  ]) {
    const { page, server } = await startThread();
    await page.connect();
    server.respondTo('"op":"slow"', []);
    const channel = await page.subscribe('trades');
    channel.on('message', () => {});
    const errors: string[] = [];
    page.on('error', ({ message }) => errors.push(message));
    const call = outcomeOf(page.request({ op: 'slow' }));
    const closed = clientEvent(page, 'closed');
    await settled({ page });
    server.publish('trades', what);
    expect((await closed)[0].error).toBeInstanceOf(ConnectionClosedError);
    expect((await closed)[0].reason).toContain(words);
    expect(await call).toMatchObject({ error: { code: 'CONNECTION_CLOSED', delivery: 'unknown' } });
    if (what === 'throw') expect(errors.join()).toContain('worker code failed');
  }
});

it('a channel of a lost worker has an error, and then ends [WK13]', async () => {
  const { page, worker } = await startThread();
  await page.connect();
  const channel = await page.subscribe('trades');
  const events: string[] = [];
  channel.on('error', ({ code }) => events.push(code)).on('close', ({ error }) => events.push(`close ${error?.code}`));
  const closed = clientEvent(page, 'closed');
  await worker.terminate();
  await closed;
  expect(events).toEqual(['CONNECTION_CLOSED', 'close CONNECTION_CLOSED']);
  expect(await outcomeOf(channel.resync())).toMatchObject({ error: { code: 'SUBSCRIPTION_FAILED' } });
});

it('a thread that is terminated is a lost worker [WK13]', async () => {
  const { page, worker } = await startThread();
  await page.connect();
  await worker.terminate();
  expect((await page.closed).error).toBeInstanceOf(ConnectionClosedError);
});

it('a script that cannot start is a typed error [WK18]', async () => {
  const { page } = await startThread('throw new Error("no such module")');
  const call = outcomeOf(page.request({ op: 'early' }));
  expect(await call).toMatchObject({ error: { delivery: 'unsent' } });
  const { error } = await page.closed;
  expect(error).toBeInstanceOf(ConnectionFailedError);
  expect(error?.message).toContain('no such module');
});
