import { beforeEach, describe, expect, it } from 'vitest';
import type { ProtocolError } from '../../src/errors.js';
import { IsolatedEmitter } from '../../src/util/isolated-emitter.js';

interface Events {
  news: [text: string];
  error: [error: unknown];
}

let emitter: IsolatedEmitter<Events>;
let added: PropertyKey[];
let failures: ProtocolError[];
let calls: string[];
const note = (name: string) => (text: string) => void calls.push(`${name} ${text}`);

beforeEach(() => {
  added = [];
  failures = [];
  emitter = new IsolatedEmitter<Events>({
    listenerAdded: (event) => added.push(event),
    listenerFailed: (error) => failures.push(error),
  });
  calls = [];
});

describe('IsolatedEmitter', () => {
  it('reports a throw and calls the next listener [S6, CL38]', () => {
    emitter.on('news', () => {
      throw new Error('bug');
    });
    emitter.on('news', note('b'));
    expect(emitter.emit('news', '1')).toBe(true);
    expect(calls).toEqual(['b 1']);
    expect(failures).toEqual([expect.objectContaining({ code: 'PROTOCOL_ERROR', cause: new Error('bug') })]);
  });

  it('reports a rejection [S6, CL39]', async () => {
    emitter.on('news', async () => {
      throw new Error('async bug');
    });
    emitter.emit('news', '1');
    await Promise.resolve();
    await Promise.resolve();
    expect(failures).toHaveLength(1);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['an object without a prototype', Object.create(null) as object],
    [
      'an object that cannot be shown',
      {
        toString() {
          throw new Error('again');
        },
      },
    ],
  ])('reports a throw of %s [CL38]', (_what, thrown) => {
    emitter.on('news', () => {
      throw thrown;
    });
    emitter.emit('news', '1');
    expect(failures).toHaveLength(1);
  });

  it('reports the rejection of any thenable, and of a thenable that throws [CL38, CL39]', async () => {
    const throwing = () => {
      throw new Error('at once');
    };
    class Foreign {
      // biome-ignore lint/suspicious/noThenProperty: promises of other libraries look like this
      then(_yes: unknown, no: (cause: unknown) => void) {
        queueMicrotask(() => no(new Error('late')));
      }
    }
    emitter.on('news', () => new Foreign() as never);
    // biome-ignore lint/suspicious/noThenProperty: as above
    emitter.on('news', () => ({ then: throwing }) as never);
    emitter.on('error', () => new Foreign() as never);
    emitter.emit('error', 'x');
    emitter.emit('news', '1');
    await Promise.resolve();
    expect(failures.map((error) => error.message)).toEqual([
      "A listener of 'news' failed: at once.",
      "A listener of 'news' failed: late.",
    ]);
  });

  it('ignores a throw of an error listener [CL38]', () => {
    emitter.on('error', () => {
      throw new Error('bug');
    });
    expect(() => emitter.emit('error', 'x')).not.toThrow();
    expect(failures).toEqual([]);
  });

  it('does not call a listener that was removed during the emit [CL38]', () => {
    const second = note('b');
    emitter.on('news', (text) => {
      note('a')(text);
      emitter.off('news', second);
    });
    emitter.on('news', second);
    emitter.on('news', note('c'));
    emitter.emit('news', '1');
    expect(calls).toEqual(['a 1', 'c 1']);
  });

  it('ends the emit when all listeners are removed [CL38]', () => {
    emitter.on('news', () => void emitter.removeAllListeners('news'));
    emitter.on('news', note('b'));
    emitter.emit('news', '1');
    expect(calls).toEqual([]);
    expect(emitter.listenerCount('news')).toBe(0);
  });

  it('calls a listener that was added during the emit from the next emit on', () => {
    let added = false;
    for (const name of ['a', 'b']) {
      emitter.on('news', (text) => {
        note(name)(text);
        if (!added) emitter.on('news', note('c'));
        added = true;
      });
    }
    emitter.emit('news', '1');
    emitter.emit('news', '2');
    expect(calls).toEqual(['a 1', 'b 1', 'a 2', 'b 2', 'c 2']);
  });

  it('calls a once() listener once, even if it emits again', () => {
    emitter.once('news', (text) => {
      note('a')(text);
      if (text === '1') emitter.emit('news', '2');
    });
    emitter.emit('news', '1');
    emitter.emit('news', '3');
    expect(calls).toEqual(['a 1']);
  });

  it('calls each once() of one function with its own context', () => {
    const speak = function (this: { name: string }, text: string): void {
      calls.push(`${this.name} ${text}`);
    };
    emitter.once('news', speak, { name: 'x' });
    emitter.once('news', speak, { name: 'y' });
    emitter.on('news', speak, { name: 'z' });
    emitter.emit('news', '1');
    emitter.emit('news', '2');
    expect(calls).toEqual(['x 1', 'y 1', 'z 1', 'z 2']);
  });

  it('calls a function that was added by once() twice, twice', () => {
    const twice = note('a');
    emitter.once('news', twice);
    emitter.once('news', twice);
    emitter.emit('news', '1');
    emitter.emit('news', '2');
    expect(calls).toEqual(['a 1', 'a 1']);
  });

  it('reports each added listener', () => {
    emitter.on('news', note('a'));
    emitter.addListener('news', note('b'));
    emitter.once('error', () => {});
    expect(added).toEqual(['news', 'news', 'error']);
  });

  it('returns whether the event had a listener', () => {
    expect(emitter.emit('news', '1')).toBe(false);
    emitter.once('news', note('a'));
    expect(emitter.emit('news', '1')).toBe(true);
    expect(emitter.emit('news', '1')).toBe(false);
  });
});
