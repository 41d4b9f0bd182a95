import { useState } from 'react';

/**
 * Keeps a value from one rendering to the next while it `fits` what the component asks for. Unlike `useMemo`, React never
 * forgets it, and Fast Refresh keeps it. `make` has no effect: React may throw its result away.
 */
export function useKept<T>(make: () => T, fits: (kept: T) => boolean): T {
  const [kept, keep] = useState(make);
  if (fits(kept)) return kept;
  const next = make();
  keep(() => next);
  return next;
}
