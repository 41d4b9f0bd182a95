import { browserFrames } from '../adapters/browser-frames.js';

/** Milliseconds between two frames of a 60 Hz screen, where there is no screen. */
const FRAME = 16;

/** What has something new to show. */
export interface Paced {
  flush(): void;
}

const waiting = /* @__PURE__ */ new Set<Paced>();

/** Flushes once, right before the page is painted. While the page is hidden nothing is painted, and nothing is flushed. */
export function flushInFrame(paced: Paced): void {
  if (waiting.size === 0) browserFrames.setTimer(flushAll, FRAME);
  waiting.add(paced);
}

/** All in one frame, so that React renders once for all of them. */
function flushAll(): void {
  const due = [...waiting];
  waiting.clear();
  for (const paced of due) paced.flush();
}
