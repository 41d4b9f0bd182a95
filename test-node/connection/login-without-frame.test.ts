import { GenericJsonHandler, type Message } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { connectedWorld } from '../support/virtual-world.js';

it('authenticate() succeeds for a handler whose authentication needs no frame [HN14]', async () => {
  for (const nothing of [undefined, null, [], Promise.resolve(undefined)]) {
    class Handler extends GenericJsonHandler {
      override buildAuthMessage(): never {
        return nothing as never;
      }
    }
    const { client, clock } = await connectedWorld({ handler: new Handler() });
    let told = 0;
    client.on('authenticated', () => told++);
    const authenticating = client.authenticate();
    await clock.advance(10);
    await authenticating;
    expect(told).toBe(1);
  }
});

it('the trace masks the answer to a challenge, like every frame of a login [CL43]', async () => {
  class Handler extends GenericJsonHandler {
    override buildAuthMessage = () => '{"op":"auth"}';
    override isAuthSuccess = (message: Message) => message.field('op') === 'welcome';
    override replyTo(message: Message): string | undefined {
      return message.field('op') === 'challenge' ? '{"resp":"S3CRET"}' : undefined;
    }
  }
  const { client, clock, network, server } = await connectedWorld({
    config: { authOnConnect: false },
    handler: new Handler(),
  });
  const texts: string[] = [];
  client.trace((entry) => entry.type === 'frame' && texts.push(entry.text));
  const authenticating = client.authenticate();
  await clock.advance(5);
  for (const frame of ['{"op":"challenge","nonce":"n"}', '{"op":"welcome"}']) server.connections[0]?.send(frame);
  await clock.advance(10);
  await authenticating;
  expect(network.connections).toHaveLength(1);
  expect(texts.join()).not.toContain('S3CRET');
  expect(texts.filter((text) => text.includes('characters of a login')).length).toBeGreaterThanOrEqual(3);
});
