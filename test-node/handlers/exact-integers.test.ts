import { GenericJsonHandler, JsonRpcHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { venue } from '../demands/venue.js';
import { connectClient, serve } from '../support/live.js';

const ID = 8389766036995847940n;
const parse = (text: string): unknown =>
  JSON.parse(text.replace(/:(\d{16,})/g, ':"#$1"'), (_, value) =>
    /^#\d+$/.test(value) ? BigInt(value.slice(1)) : value,
  );
const stringify = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `#${part}` : part)).replace(/"#(\d+)"/g, '$1');

describe('parse and stringify of a handler', () => {
  it('keep integers exact in both directions, as options of GenericJsonHandler [HN37]', async () => {
    const server = await serve();
    let seen = '';
    server.respondTo('cancel', (text) => {
      seen = text;
      return `{"req_id":"${JSON.parse(text).req_id}","data":{"orderId":${ID}}}`;
    });
    const client = await connectClient(server, { handler: new GenericJsonHandler({ parse, stringify }) });
    expect(await client.request({ op: 'cancel', orderId: ID })).toEqual({ orderId: ID });
    expect(seen).toContain(`"orderId":${ID}`);
  });

  it('keep integers exact in both directions, as options of JsonRpcHandler [HN37]', async () => {
    const server = await venue<{ id: string }>(({ id }) => `{"jsonrpc":"2.0","id":"${id}","result":{"orderId":${ID}}}`);
    const client = await connectClient(server, { handler: new JsonRpcHandler({ parse, stringify }) });
    expect(await client.request({ method: 'cancel', params: { orderId: ID } })).toEqual({ orderId: ID });
  });
});
