import { seededRandom } from './random.mjs';

/** Fewer values tell nothing about the interval. */
const FEWEST = 5;
const RESAMPLES = 10_000;
const SEED = 1;

/** @param {readonly number[]} values */
export function median(values) {
  return middleOf(values.toSorted((a, b) => a - b));
}

/** @param {readonly number[]} values */
export function summary(values) {
  const interval = values.length < FEWEST ? {} : { interval: medianInterval(values) };
  return {
    median: median(values),
    ...interval,
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
  };
}

/**
 * The 95 % interval of the median: the percentile bootstrap (Efron and Tibshirani, 1993, chapter 13). The seed is fixed, so
 * that the same values have the same interval.
 * @param {readonly number[]} values
 * @returns {[low: number, high: number]}
 */
export function medianInterval(values) {
  const random = seededRandom(SEED);
  const sample = new Float64Array(values.length);
  const medians = Float64Array.from({ length: RESAMPLES }, () => {
    for (let index = 0; index < sample.length; index++) sample[index] = values[Math.floor(random() * values.length)];
    return middleOf(sample.sort());
  }).sort();
  return [medians[RESAMPLES * 0.025], medians[RESAMPLES * 0.975 - 1]];
}

function middleOf(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
