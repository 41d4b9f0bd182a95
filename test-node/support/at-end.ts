const cleanups: (() => unknown)[] = [];

/** Runs when the test is over, last one first. */
export function atEnd(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Ends what the test has left to its end. */
export async function endTest(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
