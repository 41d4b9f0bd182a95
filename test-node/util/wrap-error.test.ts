import { runInNewContext } from 'node:vm';
import { GenericJsonHandler } from 'hpx-transport-ws';
import { expect, it } from 'vitest';
import { connectClient, serve } from '../support/live.js';

it.each([
  ['an error of another realm', () => runInNewContext('new RangeError("too far")'), /: too far\.$/],
  ['a text', () => 'too far', /: too far\.$/],
  ['an object with a message', () => ({ message: 'too far' }), /: too far\.$/],
  ['nothing', () => undefined, /: undefined\.$/],
  ['an object that cannot be shown', () => Object.create(null), /: object\.$/],
])('%s that a handler throws is told by its message [PK18]', async (_, make, message) => {
  class Handler extends GenericJsonHandler {
    override prepareRequest(): string {
      throw make();
    }
  }
  const client = await connectClient(await serve(), { handler: new Handler() });
  await expect(client.request({ op: 'x' })).rejects.toMatchObject({ message: expect.stringMatching(message) });
});
