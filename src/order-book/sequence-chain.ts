import type { BookChange, BookSequence } from './book-adapter.js';

/** `next`: the update fits. `old`: the book has it already. `broken`: something is missing before it. */
export type ChainVerdict = 'next' | 'old' | 'broken';

/** Follows the sequence numbers of a book, where its venue has them. */
export class SequenceChain {
  #last: BookSequence | undefined;

  /** A snapshot begins a chain. */
  start({ sequence }: BookChange): void {
    this.#last = sequence;
  }

  /** Whether the chain is past a change. */
  has({ sequence }: BookChange): boolean {
    return this.#last !== undefined && sequence !== undefined && !isLess(this.#last, sequence);
  }

  /** Compares an update with the update before it. An update that fits is the last one from now on. */
  follow({ sequence, previous, first }: BookChange): ChainVerdict {
    const last = this.#last;
    if (last !== undefined && !(previous !== undefined && isSame(previous, last))) {
      if (first !== undefined && sequence !== undefined) {
        if (!isLess(last, sequence)) return 'old';
        if (isLess(following(last), first)) return 'broken';
      } else if (previous !== undefined) {
        return 'broken';
      }
    }
    if (sequence !== undefined) this.#last = sequence;
    return 'next';
  }
}

function isSame(one: BookSequence, other: BookSequence): boolean {
  return one === other || String(one) === String(other);
}

function isLess(one: BookSequence, other: BookSequence): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  return BigInt(one) < BigInt(other);
}

function following(sequence: BookSequence): BookSequence {
  return typeof sequence === 'number' ? sequence + 1 : BigInt(sequence) + 1n;
}
