import { GenericJsonHandler, JsonRpcHandler, Message, MessageKind, ProtocolHandler } from 'hpx-transport-ws';
import { describe, expect, it } from 'vitest';
import { venue } from '../demands/venue.js';
import { barrier, channelEvent, collect, connectClient, outcomeOf, serve } from '../support/live.js';

const unknown = { error: { code: 'PROTOCOL_ERROR', delivery: 'unknown' } };

describe('what cannot be read is no success', () => {
  it.each([
    ['a refusal', '"success":false,"error":"no","data":{"free":NaN}'],
    ['data', '"data":{"price":NaN}'],
    ['a comma at the end', '"data":1,'],
  ])('rejects a request of GenericJsonHandler as unknown: %s [DL22]', async (_, members) => {
    const server = await serve();
    server.respondTo('"order"', (text) => `{"req_id":"${JSON.parse(text).req_id}",${members}}`);
    const client = await connectClient(server, { handler: new GenericJsonHandler() });
    expect(await outcomeOf(client.request({ op: 'order' }))).toMatchObject(unknown);
  });

  it('rejects a call and a batch of JsonRpcHandler as unknown [DL22]', async () => {
    const server = await venue((call) => {
      const [{ id }] = [call].flat() as [{ id: string }];
      const answer = `{"jsonrpc":"2.0","id":"${id}","result":{"status":"filled","price":NaN}}`;
      return Array.isArray(call) ? `[${answer}]` : answer;
    });
    const client = await connectClient(server, { handler: new JsonRpcHandler() });
    expect(await outcomeOf(client.request({ method: 'buy' }))).toMatchObject(unknown);
    expect(await outcomeOf(client.request([{ method: 'buy' }]))).toMatchObject(unknown);
  });

  it('is an error for a reader of updates, who never gets the text instead [DL22]', async () => {
    const server = await serve();
    const client = await connectClient(server, { handler: new GenericJsonHandler() });
    const channel = await client.subscribe('a');
    const got = collect(channel);
    const failed = channelEvent(channel, 'error');
    server.broadcast('{"topic":"a","data":NaN}');
    server.publish('a', 'fine');
    expect((await failed)[0]).toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(await got.until(1)).toEqual(['fine']);
    await barrier(client);
  });

  it('makes the default hooks throw, and a handler that overrides them decides itself [DL22, HN30]', () => {
    class TextHandler extends ProtocolHandler {
      classifyMessage = () => MessageKind.Update;
      extractRequestId = () => undefined;
      extractTopic = () => undefined;
      buildSubscribe = () => undefined;
      buildUnsubscribe = () => undefined;
    }
    class OwnHandler extends TextHandler {
      override extractData = (message: Message) => message.text;
    }
    const torn = new Message('{"a":');
    const handler = new TextHandler();
    expect(() => handler.extractData(torn)).toThrow('not JSON');
    expect(() => handler.extractResult(torn)).toThrow('not JSON');
    expect(() => handler.isSubscriptionSuccess(torn, [])).toThrow('not JSON');
    expect(new OwnHandler().extractData(torn)).toBe('{"a":');
  });
});
