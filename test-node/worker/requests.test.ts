import { CapacityExceededError, ConfigError, RequestRejectedError, RequestTimeoutError } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { framesOf, outcomeOf, serve } from '../support/live.js';
import { joinPair, settled, startPair } from '../support/worker-pair.js';

it('a page connects the client of its worker, asks and closes [WK1]', async () => {
  const { page, inner, server } = await startPair();
  expect([page.state, page.epoch, page.isConnected()]).toEqual(['ready', 1, true]);
  expect(await page.request({ op: 'quote', symbol: 'BTC', size: 1 })).toEqual({ op: 'quote', symbol: 'BTC', size: 1 });
  await page.sendJson({ op: 'note' });
  await page.send(new Uint8Array([1, 2]));
  await settled({ page });
  expect(server.received.some(({ data }) => typeof data !== 'string' && data.length === 2)).toBe(true);
  expect(server.received.some(({ data }) => String(data).includes('"note"'))).toBe(true);
  await page.close({ code: 3001, reason: 'done' });
  expect(await page.closed).toEqual({ code: 3001, reason: 'done' });
  expect([page.state, inner.state]).toEqual(['closed', 'closed']);
  expect(await server.waitForClose()).toMatchObject({ code: 3001, reason: 'done' });
});

it('requestRaw resolves to the message that answers [WK1]', async () => {
  const { page } = await startPair();
  const call = page.requestRaw('{"op":"raw","req_id":"mine"}', { requestId: 'mine' });
  expect(call.requestId).toBe('mine');
  const message = await call;
  expect(message.field('req_id')).toBe('mine');
  expect(message.raw).toContain('mine');
});

it('an error crosses with its class, its fields and its cause [WK2]', async () => {
  const { page, server } = await startPair();
  server.respondTo('"op":"order"', (text) => {
    const { req_id } = JSON.parse(text) as { req_id: string };
    return { req_id, success: false, error: { message: 'insufficient balance', code: 77 }, data: { free: 5 } };
  });
  const call = page.request({ op: 'order' });
  const error = (await call.catch((reason: unknown) => reason)) as RequestRejectedError;
  expect(error).toBeInstanceOf(RequestRejectedError);
  expect(error).toMatchObject({ name: 'RequestRejectedError', code: 'REQUEST_REJECTED', retryable: false });
  expect(error.message).toContain('insufficient balance');
  expect([error.serverCode, error.data]).toEqual([77, expect.anything()]);
  expect(JSON.stringify(error)).not.toContain('free');
  expect(call.delivery).toBe('answered');
});

it('a call tells its request id, and its delivery as the worker told it last [WK3]', async () => {
  const { page, port, server } = await startPair();
  server.respondTo('"op":"slow"', []);
  port.block();
  const call = page.request({ op: 'slow' }, { timeout: 20 });
  const result = outcomeOf(call);
  expect([call.requestId, call.delivery]).toEqual(['', 'unknown']);
  await server.waitForMessage('"op":"slow"');
  port.unblock();
  expect(await result).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', delivery: 'unknown', duration: 20 } });
  expect(((await result) as { error: unknown }).error).toBeInstanceOf(RequestTimeoutError);
  expect(call.requestId).toBe(framesOf(server, 'slow')[0]?.req_id);
  expect(call.delivery).toBe('unknown');
});

it('a call that never left is unsent once the worker says so [WK3]', async () => {
  const server = await serve();
  const { page } = joinPair(server);
  const call = page.request({ op: 'early' }, { timeout: 5 });
  expect(await outcomeOf(call)).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', delivery: 'unsent' } });
  expect(call.delivery).toBe('unsent');
});

it('a signal that aborts on the page ends the call in the worker, with the reason of the page [WK4]', async () => {
  const { page, inner, server } = await startPair();
  server.respondTo('"op":"slow"', []);
  const reason = { own: 'reason' };
  expect(await outcomeOf(page.request({ op: 'never' }, { signal: AbortSignal.abort(reason) }))).toEqual({
    error: reason,
  });
  const abort = new AbortController();
  const call = page.request({ op: 'slow' }, { signal: abort.signal });
  await server.waitForMessage('"op":"slow"');
  abort.abort(reason);
  const result = (await outcomeOf(call)) as { error: unknown };
  expect(result.error).toBe(reason);
  expect(call.delivery).toBe('unknown');
  expect(inner.stats().pendingRequests).toBe(0);
  expect(framesOf(server, 'never')).toEqual([]);
});

it('a call that is aborted before the worker is there is never made [WK4]', async () => {
  const server = await serve();
  const { page, inner } = joinPair(server);
  const abort = new AbortController();
  const call = page.request({ op: 'early' }, { signal: abort.signal });
  expect(call.delivery).toBe('unsent');
  abort.abort();
  expect(await outcomeOf(call)).toMatchObject({ error: { name: 'AbortError' } });
  expect(call.delivery).toBe('unsent');
  await page.connect();
  await settled({ page });
  expect(framesOf(server, 'early')).toEqual([]);
  expect(inner.stats().sent).toBe(1);
});

it('a wrong option rejects as without a worker [WK2]', async () => {
  const { page } = await startPair();
  const wrong = [
    page.request({ op: 'x' }, { urgent: true } as never),
    page.request({ op: 'x' }, { signal: 'stop' } as never),
    page.connect({ timeout: -1 }),
    page.close({ code: 7 }),
    page.subscribe('a', { key: (() => 'a') as never }),
    page.subscribe('a', { updates: 'all' as never }),
    page.subscribeMany('abc' as never),
    page.subscribe('' as never),
  ];
  for (const result of wrong)
    expect(((await outcomeOf(result)) as { error: unknown }).error).toBeInstanceOf(ConfigError);
  expect(page.state).toBe('ready');
});

it('the page bounds the requests that wait for the worker [WK9]', async () => {
  const server = await serve();
  const { page } = joinPair(server);
  const calls = Array.from({ length: 2_048 }, () => outcomeOf(page.request({ op: 'x' })));
  const over = (await outcomeOf(page.request({ op: 'x' }))) as { error: CapacityExceededError };
  expect(over.error).toBeInstanceOf(CapacityExceededError);
  expect(over.error.delivery).toBe('unsent');
  await page.close();
  for (const result of await Promise.all(calls)) expect(result).toMatchObject({ error: { delivery: 'unsent' } });
});
