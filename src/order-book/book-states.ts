/**
 * `waiting`: for the snapshot that a new subscription brings. `synced`: all updates since the snapshot are in the book.
 * `interrupted`: the connection is lost, and nothing is missing yet. `asked`: a new snapshot was asked for. `closed`: the end.
 */
export type BookState = 'waiting' | 'synced' | 'interrupted' | 'asked' | 'closed';

/**
 * `snapshot`: a whole book came. `change`: an update without a snapshot came. `broken`: an update is missing or wrong.
 * `invalid`: a snapshot is wrong. `restarted`: the topic was subscribed anew after a loss. `renewed`: somebody asked the server
 * anew. `interrupted`, `resumed`, `closed`: the events of the channel.
 */
export type BookEvent =
  | 'snapshot'
  | 'change'
  | 'broken'
  | 'invalid'
  | 'restarted'
  | 'renewed'
  | 'interrupted'
  | 'resumed'
  | 'closed';

interface Transition {
  readonly to: BookState;
  /** Whether the book asks for a snapshot. */
  readonly asks?: true;
}

const ASK: Transition = { to: 'asked', asks: true };
const WAIT: Transition = { to: 'waiting' };
const SYNC: Transition = { to: 'synced' };
const ASKED: Transition = { to: 'asked' };
const CLOSE: Transition = { to: 'closed' };

/** The whole life of a book. What is not listed changes nothing. One loss asks once: in `asked` only a wrong snapshot asks again. */
export const bookStates: Record<BookState, { readonly [E in BookEvent]?: Transition }> = {
  waiting: { snapshot: SYNC, change: ASK, broken: ASK, invalid: ASK, renewed: ASKED, closed: CLOSE },
  synced: {
    broken: ASK,
    invalid: ASK,
    restarted: WAIT,
    renewed: ASKED,
    interrupted: { to: 'interrupted' },
    closed: CLOSE,
  },
  // No gap was told before the update: the session goes on.
  interrupted: {
    snapshot: SYNC,
    change: SYNC,
    resumed: SYNC,
    broken: ASK,
    invalid: ASK,
    restarted: WAIT,
    renewed: ASKED,
    closed: CLOSE,
  },
  asked: { snapshot: SYNC, invalid: ASK, restarted: WAIT, interrupted: WAIT, closed: CLOSE },
  closed: {},
};
