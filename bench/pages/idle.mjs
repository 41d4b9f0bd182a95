/**
 * No updates. The prices are made up, new ones for each frame, so that the display has as much to do.
 * @type {import('./page.mjs').Feed}
 */
export async function idle(_url, topics, prices, counters) {
  let isRunning = true;
  function change() {
    if (!isRunning) return;
    for (const topic of topics) prices.set(topic, (20_000 + (counters.frames % 100_000) / 100).toFixed(2));
    requestAnimationFrame(change);
  }
  requestAnimationFrame(change);
  return () => {
    isRunning = false;
  };
}
