/**
 * A random number generator: the same seed gives the same numbers. The algorithm is xoshiro128** 1.1 (David Blackman
 * and Sebastiano Vigna, "Scrambled Linear Pseudorandom Number Generators", 2018) with a state filled by splitmix32.
 *
 * Use one `stream()` for each purpose, such as jitter, ids and faults. Then an additional draw for one purpose does not
 * change the numbers of the others.
 *
 * @example
 * ```ts
 * const random = new SeededRandom(42);
 * const jitter = random.stream('jitter');
 * jitter.next(); // a number in [0, 1), the same on every run
 * random.stream('faults').chance(0.1);
 * ```
 */
export class SeededRandom {
  readonly seed: number;
  readonly #next: () => number;

  /** @param seed - an integer; only its lower 32 bits are used */
  constructor(seed: number) {
    this.seed = seed >>> 0;
    const fill = splitmix32(this.seed);
    this.#next = xoshiro128(Uint32Array.of(fill(), fill(), fill(), fill()));
  }

  /** An independent generator. The same name always gives the same generator, whatever was drawn before. */
  stream(name: string): SeededRandom {
    // FNV-1a over the name, starting from the seed.
    let hash = (0x811c9dc5 ^ this.seed) >>> 0;
    for (let index = 0; index < name.length; index++) {
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
    }
    return new SeededRandom(splitmix32(hash)());
  }

  /** A number in [0, 1), with 32 random bits. */
  next(): number {
    return this.#next() / 2 ** 32;
  }

  /** A number in [min, max). */
  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor((max - min + 1) * this.next());
  }

  /** Returns true with the given probability, a number from 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /**
   * One entry of the list; all are equally likely.
   * @throws RangeError for an empty list
   */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('pick() needs a list with at least one entry.');
    return list[this.integer(0, list.length - 1)] as T;
  }
}

/**
 * The xoshiro128** generator; returns 32-bit integers.
 * @param state - four 32-bit words that are not all zero
 */
export function xoshiro128(state: Uint32Array): () => number {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Spreads one 32-bit seed over many well-mixed words (Guy Steele and others, "Fast Splittable PRNGs", 2014). */
function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
}
