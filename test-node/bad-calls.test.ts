import { expect, it } from 'vitest';
import { outcomeOf } from './support/live.js';
import { connectedWorld } from './support/virtual-world.js';

it('a wrong argument of a call is a ConfigError, and changes nothing [CL40]', async () => {
  const { client, clock, sent } = await connectedWorld();
  const wrong = (value: unknown) => value as never;
  const rejections: Promise<unknown>[] = [
    client.requestRaw('{}', { requestId: '' }),
    client.requestRaw('{}', { requestId: Number.NaN }),
    client.unsubscribe(''),
    client.unsubscribe(wrong(5)),
    client.resync(wrong(5)),
  ];
  for (const call of rejections) expect(await outcomeOf(call)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
  expect(() => client.reconnect(wrong({ leaveTimeout: 0 }))).toThrow(/^reason is an object; allowed is a text/);
  expect(() => client.trace(wrong('x'))).toThrow(/^sink is a string; allowed is a function/);
  await clock.advance(100);
  expect([client.epoch, client.state, sent]).toEqual([1, 'ready', []]);
});

it('a message that nothing took comes with its kind [CL35]', async () => {
  const { client, clock, peer } = await connectedWorld();
  const kinds: unknown[] = [];
  client.on('message', ({ text }, kind) => kinds.push([text, kind]));
  for (const text of ['{"hello":1}', '{"topic":"gone","data":1}', '{"req_id":"late","data":1}']) peer.send(text);
  await clock.advance(10);
  expect(kinds).toEqual([
    ['{"hello":1}', 'unknown'],
    ['{"topic":"gone","data":1}', 'update'],
    ['{"req_id":"late","data":1}', 'response'],
  ]);
});
