import type { Books } from './books.js';
import type { Facts } from './rule.js';

/** The topics that a frame of the server refuses, or ends. */
export function refusedTopics(
  { kind, topics = [], id, refused = [] }: Facts,
  frames: ReadonlyMap<string | number, readonly string[]>,
  books: Books,
): readonly string[] {
  if (kind === 'revocation') return topics.filter((topic) => !books.isEnding(topic));
  if (refused !== 'all') return refused;
  return id === undefined ? topics : (frames.get(id) ?? []);
}

/** Whether a frame was refused as a whole: its topics are then subscribed one by one before any channel fails. */
export function isSpoiled({ refused }: Facts, topics: readonly string[]): boolean {
  return refused === 'all' && topics.length > 1;
}
