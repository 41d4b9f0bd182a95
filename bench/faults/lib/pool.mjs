/**
 * Runs jobs, so many at a time, in their order.
 * @param {readonly (() => Promise<void>)[]} jobs
 * @param {number} width
 */
export async function runPool(jobs, width) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: width }, worker));
}
