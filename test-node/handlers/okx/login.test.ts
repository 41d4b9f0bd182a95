import { inspect } from 'node:util';
import { ConfigError } from 'hpx-transport-ws';
import { OkxHandler, type OkxHandlerOptions } from 'hpx-transport-ws/handlers/okx';
import { describe, expect, it } from 'vitest';
import { frame, sent } from '../../support/handlers.js';
import { KEYS, LOGIN_TIME, SIGNATURE } from './keys.js';

const handler = new OkxHandler({ ...KEYS, now: () => LOGIN_TIME });
const refusal = (code: string, msg = '') => frame({ event: 'error', code, msg });

describe('a login', () => {
  it('is signed over the time in seconds [OK5]', async () => {
    const { apiKey, passphrase } = KEYS;
    expect(sent(await handler.buildAuthMessage())).toEqual([
      { op: 'login', args: [{ apiKey, passphrase, timestamp: '1790000000', sign: SIGNATURE }] },
    ]);
  });

  it('needs credentials: without them no frame is sent [OK5]', async () => {
    expect(await new OkxHandler().buildAuthMessage()).toBeUndefined();
  });

  it('takes the time of the host when none is given [OK5]', async () => {
    const before = Math.floor(Date.now() / 1_000);
    const [{ args }] = sent(await new OkxHandler(KEYS).buildAuthMessage());
    expect(Number(args[0].timestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(args[0].timestamp)).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  it.each(['60005', '60007', '60009', '60024', '60032', '50101', '50111'])(
    'with a wrong key is final: %s [OK5]',
    (code) => {
      expect(handler.isAuthFailure(refusal(code))).toBe('final');
    },
  );

  it.each(['60004', '60006', '60014', '63999', '50001'])('that may succeed later is waited out: %s [OK5]', (code) => {
    expect(handler.isAuthFailure(refusal(code))).toBe('retry');
  });

  it('of a connection that is logged in already is a success [OK5]', () => {
    expect(handler.isAuthSuccess(refusal('60031'))).toBe(true);
  });

  it('that is accepted is never a refusal, whoever asks [OK5]', () => {
    for (const accepted of [frame({ event: 'login', code: '0', msg: '' }), refusal('60031')]) {
      expect(handler.isAuthFailure(accepted)).toBe(false);
    }
  });

  it('is not refused by an error about something else [OK5]', () => {
    const absent = "Wrong URL or channel:sign,instId:API-KEY doesn't exist.";
    expect(handler.isAuthFailure(refusal('60018', absent))).toBe(false);
    expect(handler.isAuthFailure(refusal('60011', 'Please log in'))).toBe(false);
    expect(handler.isAuthFailure(frame({ event: 'error', code: '60009', id: '7' }))).toBe(false);
    expect(handler.isAuthFailure(frame({ event: 'subscribe', arg: {} }))).toBe(false);
  });
});

describe('an option', () => {
  it.each<[string, OkxHandlerOptions, string]>([
    ['a key alone', { apiKey: 'k' }, 'secret'],
    ['a secret alone', { secret: 's3cret' }, 'apiKey'],
    ['no passphrase', { apiKey: 'k', secret: 's3cret' }, 'passphrase'],
    ['an empty key', { ...KEYS, apiKey: '' }, 'apiKey'],
    ['a secret that is no text', { ...KEYS, secret: 5 as unknown as string }, 'secret'],
    ['a clock that is none', { now: 5 as unknown as () => number }, 'now'],
    ['an unknown name', { passPhrase: 's3cret' } as OkxHandlerOptions, 'passPhrase'],
  ])('that is wrong is refused: %s [OK12]', (_, options, field) => {
    const build = () => new OkxHandler(options);
    expect(build).toThrow(ConfigError);
    expect(build).toThrow(expect.objectContaining({ field }));
    expect(build).not.toThrow('s3cret');
  });

  it('is shown by no print of the handler [OK12]', () => {
    const text = inspect(handler, { depth: 9, showHidden: true }) + JSON.stringify(handler);
    for (const secret of Object.values(KEYS)) expect(text).not.toContain(secret);
  });
});
