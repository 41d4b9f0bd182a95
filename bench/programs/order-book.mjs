import { bookFrames } from '../lib/book-deltas.mjs';
import { measure } from '../lib/measure.mjs';

/** How many frames are there. After the last one the book begins again with its snapshot. */
const FRAMES = 20_000;
/** So many frames are parsed at once, before the measurement: a book gets the fresh arrays of each frame, as from a venue. */
const PARSED = 500;

/**
 * What one update of a book costs, parsed already, in microseconds: for each depth, and with the ten best levels read after each
 * update.
 * @param {{ book: string, count: number }} options - `count` is a multiple of 20,000
 */
export default async function orderBook({ book, count }) {
  const { openBook } = await import(`../books/${book}.mjs`);
  const few = await updatesOf(openBook, 50, count);
  const some = await updatesOf(openBook, 200, count);
  const many = await updatesOf(openBook, 1_000, count);
  const read = await updatesOf(openBook, 200, count, 10);
  return { few: few.cpu, some: some.cpu, many: many.cpu, read: read.cpu, perSecond: Math.round(1e6 / some.cpu) };
}

async function updatesOf(openBook, depth, count, top = 0) {
  const { snapshot, frames, best } = bookFrames(depth, FRAMES);
  const texts = [];
  for (let start = 0; start < FRAMES; start += PARSED) texts.push(JSON.stringify(frames.slice(start, start + PARSED)));
  let book;
  const run = async (updates) => {
    const result = { wall: 0, cpu: 0 };
    for (let done = 0; done < updates; done += PARSED) {
      const part = (done / PARSED) % texts.length;
      if (part === 0) book = await openBook(snapshot, top);
      const parsed = JSON.parse(texts[part]);
      const { wall, cpu } = await measure(updates, async () => {
        for (const frame of parsed) book.update(frame);
      });
      result.wall += wall;
      result.cpu += cpu;
    }
    return result;
  };
  await run(count / 5);
  const result = await run(count);
  if (book.best().join() !== best.join()) throw new Error(`The best prices are ${book.best()} instead of ${best}.`);
  return result;
}
