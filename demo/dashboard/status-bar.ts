import { Cell, element } from './dom.js';
import type { Feed } from './feed.js';
import { momentText } from './format.js';
import type { Link, LinkState } from './link-state.js';
import type { Replay } from './replay.js';

/** One word for a visitor who only listens: it does not change with each attempt. */
const WORDS: Readonly<Record<Link, string>> = {
  live: 'Live',
  lost: 'Connection lost',
  waiting: 'No connection yet',
  stopped: 'Stopped',
};

/** The same in a replay. */
const REPLAY_WORDS: Readonly<Record<Link, string>> = {
  live: 'Replay, not live data',
  lost: 'Replay: the connection was lost',
  waiting: 'Replay: connecting',
  stopped: 'Replay: no connection',
};

/** The line at the top: how the connection is, and what happens next. */
export class StatusBar {
  readonly #feed: Feed;
  readonly #state: LinkState;
  readonly #word = new Cell(element('strong', { role: 'status' }));
  readonly #detail = new Cell(element('span', { class: 'status-detail number' }));
  readonly #again = element('button', { type: 'button', class: 'again', hidden: '' }, 'Connect again');

  constructor(root: HTMLElement, feed: Feed, state: LinkState) {
    this.#feed = feed;
    this.#state = state;
    root.append(element('i', { class: 'dot', 'aria-hidden': 'true' }), this.#word.node, this.#detail.node, this.#again);
    this.#again.addEventListener('click', () => this.#feed.restart());
  }

  paint(): void {
    const { link } = this.#state;
    const { replay, source } = this.#feed;
    const { dataset } = document.body;
    if (dataset.link !== link) dataset.link = link;
    if (dataset.source !== source.kind) dataset.source = source.kind;
    this.#word.set((replay ? REPLAY_WORDS : WORDS)[link]);
    this.#detail.set(replay ? replayText(replay) : this.#detailOf(link));
    const isHidden = link !== 'stopped' || replay !== undefined;
    if (this.#again.hidden !== isHidden) this.#again.hidden = isHidden;
  }

  #detailOf(link: Link): string {
    const { client, countdown, next } = this.#state;
    if (link === 'live') return `session ${client.epoch}`;
    if (link === 'stopped') return client.lastError?.message ?? 'The client was closed.';
    const age = link === 'lost' ? ' The prices are old.' : '';
    if (countdown !== undefined) return `Attempt ${next?.number} in ${(countdown / 1_000).toFixed(1)} s.${age}`;
    return next ? `Attempt ${next.number} is under way.${age}` : 'Connecting.';
  }
}

/** The moment of the recording that the page shows. */
function replayText({ now, end, isPaused }: Replay): string {
  return `${momentText(now)}${end ? ', the end' : isPaused ? ', paused' : ''}`;
}
