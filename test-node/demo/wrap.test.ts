import { describe, expect, it } from 'vitest';
import { wrap } from '../../demo/wrap.js';

describe('wrap', () => {
  it('breaks a text between its words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });

  it('cuts a word that is longer than a line', () => {
    expect(wrap('a 1234567890 b', 4)).toEqual(['a', '1234', '5678', '90 b']);
  });

  it('keeps an empty text', () => {
    expect(wrap('', 4)).toEqual(['']);
  });
});
