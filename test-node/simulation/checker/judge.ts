import type { Entry, History } from '../history.js';
import { askRules } from './asks.js';
import { Books } from './books.js';
import { connectionRules } from './connection.js';
import { deliveryRules } from './delivery.js';
import { paceRules } from './pace.js';
import { progressRules } from './progress.js';
import { requestRules } from './requests.js';
import type { Facts, Rule, Setup, Violation, Watch } from './rule.js';
import { sessionRules } from './session.js';
import { subscriptionRules } from './subscriptions.js';
import { timingRules } from './timing.js';
import { truthRules } from './truth.js';

export const allRules: readonly Rule[] = [
  ...requestRules,
  ...askRules,
  ...subscriptionRules,
  ...deliveryRules,
  ...connectionRules,
  ...paceRules,
  ...progressRules,
  ...truthRules,
  ...timingRules,
  ...sessionRules,
];

type Handler = (entry: Entry) => void;

/** Judges the history of one client, entry by entry, as it grows. */
export class Judge {
  readonly violations: Violation[] = [];
  readonly #client: string;
  readonly #books: Books;
  readonly #handlers = new Map<string, Handler[]>();
  #index = -1;

  constructor(client: string, setup: Setup, rules: readonly Rule[] = allRules) {
    this.#client = client;
    const own = { ...setup, read: rememberLast(setup.read) };
    this.#books = new Books(own.read, setup.config, own.confirms);
    this.#add(this.#books.watch);
    for (const { clause, start } of rules) {
      const fail = (words: string) =>
        void this.violations.push({ clause, words, client: this.#client, index: this.#index });
      this.#add(start(own, fail, this.#books));
    }
    this.#add(this.#books.watchAfter);
  }

  see(entry: Entry, index: number): void {
    if (entry.client !== undefined && entry.client !== this.#client) return;
    this.#index = index;
    this.#books.now = entry.at;
    const handlers = this.#handlers.get(entry.type);
    if (handlers) for (const handler of handlers) handler(entry);
  }

  #add(watch: Watch): void {
    for (const [type, handler] of Object.entries(watch)) {
      const handlers = this.#handlers.get(type);
      if (handlers) handlers.push(handler as Handler);
      else this.#handlers.set(type, [handler as Handler]);
    }
  }
}

/** Everything that is wrong with a history, of all its clients. */
export function judge(history: History, setup: Setup, rules?: readonly Rule[]): Violation[] {
  const names = new Set(history.map(({ client }) => client).filter((name) => name !== undefined));
  const judges = [...names].map((name) => new Judge(name, setup, rules));
  history.forEach((entry, index) => {
    for (const one of judges) one.see(entry, index);
  });
  return judges.flatMap(({ violations }) => violations);
}

/** All rules look at an entry one after the other: its frame need not be parsed each time. */
function rememberLast(read: (text: string) => Facts): (text: string) => Facts {
  let lastText: string | undefined;
  let lastFacts: Facts = { kind: 'other' };
  return (text) => {
    if (text !== lastText) {
      lastFacts = read(text);
      lastText = text;
    }
    return lastFacts;
  };
}
