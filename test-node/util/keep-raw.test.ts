import { GenericJsonHandler } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { connectClient, serve } from '../support/live.js';

/** As Vue decides: it passes over an object that it cannot extend, or that has its mark. */
const isSkippedByVue = (value: object) => '__v_skip' in value && value.__v_skip === true;
/** As Valtio decides. */
const isSkippedByValtio = (value: object) => Symbol.iterator in value;

it('clients, channels, updates, messages and handlers are passed over by reactive stores [PK20]', async () => {
  const server = await serve();
  const handler = new GenericJsonHandler();
  const client = await connectClient(server, { handler });
  const channel = await client.subscribe('a');
  const updates = channel.updates();
  server.publish('a', 1);
  const { value: update } = await updates.next();
  const kept = [client, channel, update, update?.message, handler] as object[];
  expect(kept.map(isSkippedByVue)).toEqual(Array(5).fill(true));
  expect(kept.map(isSkippedByValtio)).toEqual(Array(5).fill(true));
  expect(kept.map((value) => Object.keys(value).filter((key) => key.startsWith('__')))).toEqual(Array(5).fill([]));
  expect(() => [...(client as unknown as Iterable<unknown>)]).toThrow(TypeError);
});
