const OPENING = ['connecting', 'connected', 'authenticating', 'ready'];

/** What session.cjs sees on a runtime where everything works. */
export const expectedOfSession = {
  states: [...OPENING, 'reconnecting', ...OPENING, 'closing', 'closed'],
  updates: [
    [1, 1, 'no gap'],
    [2, 2, 'disconnect'],
  ],
  answer: { op: 'echo', text: 'žluťoučký' },
  iteratorEnded: true,
  pendingRequests: 0,
  hopeless: 'CONNECTION_CLOSED',
};
