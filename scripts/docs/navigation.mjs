import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/**
 * The sidebar of the site: groups of pages of docs/. Every page has one place; a test checks it. A page that does not exist is
 * left out.
 */
export const groups = {
  Start: ['guide', 'recipes', 'examples', 'troubleshooting', 'cli'],
  'How it works': ['connection', 'requests', 'delivery', 'subscriptions', 'order-book', 'worker', 'recording'],
  Frameworks: ['react', 'frameworks', 'platforms'],
  Venues: ['venues', 'handlers'],
  Reference: ['configuration', 'errors', 'messages', 'SPEC', 'size'],
  Testing: ['testing', 'proof'],
  'Coming from': [
    'migrating-from-bybit-api',
    'migrating-from-reconnecting-websocket',
    'migrating-from-exchange-handler',
  ],
  Contributing: ['ARCHITECTURE'],
};

/** The groups as VitePress wants them. A page is called by its own title. */
export function sidebar() {
  return Object.entries(groups).map(([text, names]) => ({
    text,
    items: names
      .map((name) => ({ name, file: join(ROOT, `docs/${name}.md`) }))
      .filter(({ file }) => existsSync(file))
      .map(({ name, file }) => ({ text: titleOf(file), link: `/${name}` })),
  }));
}

function titleOf(file) {
  return /^# (.+)$/m.exec(readFileSync(file, 'utf8'))[1].replaceAll('`', '');
}
