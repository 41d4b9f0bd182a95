import { alphanumericIds, numericIds } from 'hpx-transport-ws/handlers';
import { describe, expect, it } from 'vitest';
import { errorOf } from './errors.js';

describe('numericIds', () => {
  it('counts up from 1, or from where it is told [HK7]', () => {
    const nextId = numericIds();
    expect([nextId(), nextId(), nextId()]).toEqual([1, 2, 3]);
    const later = numericIds({ start: 2 ** 52 });
    expect([later(), later()]).toEqual([2 ** 52, 2 ** 52 + 1]);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53, '1'])('refuses to start at %j [HK7]', (start) => {
    expect(errorOf(() => numericIds({ start: start as number }))).toMatchObject({
      name: 'ConfigError',
      field: 'start',
    });
  });
});

describe('alphanumericIds', () => {
  it('makes ids of letters and digits only, of one length, each new [HK7]', () => {
    const newId = alphanumericIds({ length: 32 });
    const ids = Array.from({ length: 1_000 }, newId);
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{32}$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect(alphanumericIds()()).toMatch(/^[0-9A-Za-z]{22}$/);
  });

  it.each([11, 65, 20.5, '32'])('refuses the length %j [HK7]', (length) => {
    const error = errorOf(() => alphanumericIds({ length: length as number }));
    expect(error).toMatchObject({ name: 'ConfigError', field: 'length' });
  });
});
