import { type Asked, askedIn, keyOf, type Script, topicsOf } from './script.js';

/** Answers what a recording cannot: logins, subscriptions, and what nobody asked when it was made. */
export class ReplayAnswers {
  readonly #script: Script;
  readonly #onTopics: () => void;
  /** How often the page has asked each question in this replay. */
  readonly #counts = new Map<string, number>();
  /** What the page has subscribed on its current connection. */
  readonly #topics = new Set<string>();

  /** @param onTopics - called when the page has subscribed something */
  constructor(script: Script, onTopics: () => void) {
    this.#script = script;
    this.#onTopics = onTopics;
  }

  /** A connection begins, perhaps long before the page has logged in on it. */
  begin(): void {
    this.#topics.clear();
  }

  /** Whether the page has subscribed all of these topics on its current connection. */
  covers(topics: readonly string[]): boolean {
    return topics.every((topic) => this.#topics.has(topic));
  }

  /** @returns the answer; undefined for a frame that the recording answers */
  readonly answer = (frame: string | Uint8Array): string | undefined => {
    const asked = typeof frame === 'string' ? askedIn(frame) : undefined;
    if (!asked) return undefined;
    switch (asked.method) {
      case 'auth':
        // A login is never in a recording.
        return accept(asked);
      case 'subscribe':
        return this.#subscribe(asked);
      case 'unsubscribe':
        for (const topic of topicsOf(asked)) this.#topics.delete(topic);
        return accept(asked);
      default:
        return this.#count(asked) ? undefined : refuse(asked);
    }
  };

  /** Topics may come in other frames than they did then, so each frame is answered here. */
  #subscribe(asked: Asked): string {
    const topics = topicsOf(asked);
    if (!topics.every((topic) => this.#script.topics.has(topic))) return refuse(asked);
    for (const topic of topics) this.#topics.add(topic);
    this.#onTopics();
    return accept(asked);
  }

  /** Whether the page asked this as often when it was recorded. */
  #count(asked: Asked): boolean {
    const key = keyOf(asked);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count <= this.#script.count(key);
  }
}

function accept({ id, method }: Asked): string {
  return JSON.stringify({ id, method, success: true });
}

function refuse({ id, method }: Asked): string {
  const error = { code: 'NOT_RECORDED', message: 'this is a replay, and nobody asked this when it was recorded' };
  return JSON.stringify({ id, method, success: false, error });
}
