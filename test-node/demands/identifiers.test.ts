import { describe, expect, it } from 'vitest';
import { BinanceApiHandler } from '../handlers/venues/binance-wsapi.js';
import { BitgetHandler } from '../handlers/venues/bitget.js';
import { HyperliquidHandler } from '../handlers/venues/hyperliquid.js';
import { KrakenHandler } from '../handlers/venues/kraken.js';
import { OkxHandler } from '../handlers/venues/okx.js';
import { connectClient } from '../support/live.js';
import { sent, venue } from './venue.js';

describe('6: request ids and unknown outcomes', () => {
  it('request ids are integers and shared with subscriptions (Kraken) [HN9]', async () => {
    const server = await venue<{ method: string; params: { channel: string; symbol: string[] }; req_id: number }>(
      ({ method, params, req_id }) =>
        method === 'subscribe'
          ? { method, result: { channel: params.channel, symbol: params.symbol[0] }, success: true, req_id }
          : { method, result: { order_id: 'OLZ' }, success: true, req_id },
    );
    const client = await connectClient(server, { handler: new KrakenHandler() });
    const call = client.request({ method: 'add_order', params: { symbol: 'BTC/USD' } });
    await client.subscribe('book:BTC/USD');
    expect(await call).toMatchObject({ result: { order_id: 'OLZ' }, req_id: 1 });
    expect(call.requestId).toBe(1);
    expect(sent<{ req_id: number }>(server).map(({ req_id }) => req_id)).toEqual([1, 2]);
  });

  it('ids of requests and subscriptions have up to 32 alphanumerics (OKX) [HN9]', async () => {
    const server = await venue<{ id: string; op: string; args: object[] }>(({ id, op, args }) =>
      op === 'order' ? { id, op, data: [{ sCode: '0' }], code: '0', msg: '' } : { id, event: op, arg: args[0] },
    );
    const client = await connectClient(server, { handler: new OkxHandler() });
    expect(await client.request({ op: 'order', args: [{ px: '91000' }] })).toMatchObject({ code: '0' });
    await client.subscribe('books?instId=BTC-USDT');
    const ids = sent<{ id: string }>(server).map(({ id }) => id);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z\d]{32}$/);
    expect(new Set(ids).size).toBe(2);
  });

  it('a request id is nested in the first argument (Bitget) [HN9, HN11]', async () => {
    const server = await venue<{ args: [{ id: string; params: { price: number } }] }>(({ args: [{ id, params }] }) => ({
      event: params.price > 0 ? 'trade' : 'error',
      arg: [{ id, instType: 'SPOT', channel: 'place-order' }],
      code: params.price > 0 ? 0 : 40_808,
      msg: params.price > 0 ? 'Success' : 'Parameter verification exception',
    }));
    const client = await connectClient(server, { handler: new BitgetHandler() });
    const order = (price: number) => ({ op: 'trade', args: [{ channel: 'place-order', params: { price } }] });
    const [good, bad] = [client.request(order(1)), client.request(order(0))];
    await expect(bad).rejects.toMatchObject({
      code: 'REQUEST_REJECTED',
      serverCode: 40_808,
      message: 'Parameter verification exception',
    });
    expect(await good).toMatchObject({ arg: [{ id: good.requestId }] });
  });

  it('a request id is nested in the data of the answer (Hyperliquid) [HN9]', async () => {
    const server = await venue<{ id: number; method: string }>(({ id }) => ({
      channel: 'post',
      data: { id, response: { type: 'info', payload: { n: id } } },
    }));
    const client = await connectClient(server, { handler: new HyperliquidHandler() });
    const calls = [1, 2].map(() => client.request({ method: 'post', request: { type: 'info' } }));
    expect(await Promise.all(calls)).toEqual([1, 2].map((n) => ({ type: 'info', payload: { n } })));
  });

  it('some errors leave the outcome unknown and others are refusals (Binance) [HN11, CL10]', async () => {
    const server = await venue<{ id: string; params: { status: number } }>(({ id, params: { status } }) => ({
      id,
      status,
      ...(status === 200
        ? { result: { orderId: 12_510_053_279 } }
        : { error: { code: status === 500 ? -1007 : -2010, msg: `status ${status}` } }),
      rateLimits: [],
    }));
    const client = await connectClient(server, { handler: new BinanceApiHandler() });
    const order = (status: number) => client.request({ method: 'order.place', params: { status } });
    const [placed, refused, open] = [order(200), order(400), order(500)];
    await expect(refused).rejects.toMatchObject({ serverCode: -2010, delivery: undefined });
    await expect(open).rejects.toMatchObject({ serverCode: -1007, delivery: 'unknown' });
    expect(await placed).toEqual({ orderId: 12_510_053_279 });
    expect([placed, refused, open].map(({ delivery }) => delivery)).toEqual(['answered', 'answered', 'answered']);
    expect(sent(server)).toHaveLength(3);
  });
});
