import { seededRandom } from './random.mjs';

/** Levels of each side that an update changes. */
const CHANGES = 3;
const TICK = 0.1;
/** Prices keep this many decimals, as on a venue whose tick is 0.10. */
const DECIMALS = 2;

/**
 * The frames of a book that moves, as Bybit sends them: a snapshot, then changes near the best price. The same frames for
 * each call with the same depth.
 * `best` are the best prices after the last frame.
 * @param {number} depth - levels of each side
 * @param {number} count - how many changes
 */
export function bookFrames(depth, count) {
  const random = seededRandom(depth);
  const sizeOf = () => (random() * 10 + 0.001).toFixed(3);
  let middle = 91_234.5;
  const priceOf = (side, distance) => (middle + side * TICK * (distance + 0.5)).toFixed(DECIMALS);
  const sideOf = (side) => Array.from({ length: depth }, (_, distance) => [priceOf(side, distance), sizeOf()]);
  // Each side holds about `depth` levels: what the walk of the price leaves behind is removed.
  const held = { b: new Map(sideOf(-1)), a: new Map(sideOf(1)) };
  const snapshot = { type: 'snapshot', data: { b: [...held.b], a: [...held.a], u: 1 } };
  const frames = Array.from({ length: count }, (_, index) => {
    if (random() < 0.05) middle += random() < 0.5 ? TICK : -TICK;
    const data = { b: changesOf(held.b, -1), a: changesOf(held.a, 1), u: index + 2 };
    return { type: 'delta', data };
  });
  const best = [Math.max(...pricesOf(held.b)), Math.min(...pricesOf(held.a))];
  return { snapshot, frames, best };

  function changesOf(levels, side) {
    const changes = new Map();
    for (let n = 0; n < CHANGES; n++) {
      // Most changes are near the best price.
      const price = priceOf(side, Math.floor(depth * random() ** 3));
      const isGone = levels.has(price) && random() < 0.3;
      changes.set(price, isGone ? '0' : sizeOf());
    }
    // A price on the wrong side of the middle was traded away.
    const crossed = priceOf(side, -1);
    if (levels.has(crossed)) changes.set(crossed, '0');
    const farthest = priceOf(side, depth);
    if (levels.has(farthest)) changes.set(farthest, '0');
    for (const [price, size] of changes) {
      if (size === '0') levels.delete(price);
      else levels.set(price, size);
    }
    return [...changes];
  }
}

const pricesOf = (levels) => [...levels.keys()].map(Number);
