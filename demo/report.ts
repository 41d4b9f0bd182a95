import type { Colour, Terminal } from '../src/cli/terminal.js';
import type { Bot, NewsKind, TopicNews } from './bot.js';
import { money } from './money.js';
import { WIDTH, wrap } from './wrap.js';

/** The columns of time and kind before the text of news, and of the name before a line of the summary. */
const NEWS_MARGIN = 19;
const SUMMARY_MARGIN = 12;

const COLOURS: Readonly<Record<NewsKind, Colour>> = {
  link: 'cyan',
  lost: 'red',
  topic: 'cyan',
  gap: 'yellow',
  order: 'green',
  refused: 'yellow',
  unknown: 'red',
  error: 'red',
};

/** News: time, kind and text. A long text takes several lines. */
export function newsLines(screen: Terminal, elapsed: number, kind: NewsKind, text: string): string[] {
  const time = screen.paint(`${seconds(elapsed).padStart(8)}`, 'grey');
  const [first = '', ...more] = wrap(text, WIDTH - NEWS_MARGIN);
  const indent = ' '.repeat(NEWS_MARGIN);
  return [`${time}  ${screen.paint(kind.padEnd(7), COLOURS[kind])}  ${first}`, ...more.map((line) => indent + line)];
}

/** The current state of the bot. */
export function panel(screen: Terminal, bot: Bot, elapsed: number): string[] {
  const { client, tally } = bot;
  const { state, epoch, roundTrip } = client.stats();
  const colour = state === 'ready' ? 'green' : 'red';
  const facts = [`session ${epoch}`, `${tally.orders.placed} orders`, latency(roundTrip), seconds(elapsed)];
  return [
    '',
    screen.paint(row('topic', 'last', 'change', 'updates', 'gaps'), 'grey'),
    ...tally.topics.map((news) => topicRow(screen, news)),
    `${screen.paint(state, 'bold', colour)}  ${facts.join(' · ')} · Ctrl-C ends`,
  ];
}

/** The result of the whole run, as plain lines. */
export function summary(screen: Terminal, bot: Bot, elapsed: number): string[] {
  const { client, tally } = bot;
  const { orders, topics } = tally;
  const { epoch, received, sent, parsed, reconnects } = client.stats();
  const updated = topics.filter(({ updates }) => updates > 0).length;
  const indent = ' '.repeat(SUMMARY_MARGIN);
  const line = (name: string, ...facts: string[]) => {
    const [first = '', ...more] = wrap(facts.join(', '), WIDTH - SUMMARY_MARGIN);
    return [screen.paint(name.padEnd(SUMMARY_MARGIN), 'grey') + first, ...more.map((text) => indent + text)];
  };
  return [
    '',
    screen.paint(`Summary of ${seconds(elapsed)}`, 'bold'),
    ...line('connection', many(epoch, 'session'), many(reconnects, 'reconnect'), many(tally.attempts, 'attempt')),
    ...line(
      'topics',
      `${updated} of ${topics.length} updated`,
      many(sum(topics, 'updates'), 'update'),
      many(sum(topics, 'gaps'), 'gap'),
      `${many(tally.backfilled, 'missed trade')} fetched`,
    ),
    ...line(
      'orders',
      `${orders.placed} placed`,
      `${orders.filled} filled`,
      `${orders.refused} refused`,
      `${orders.unsent} not sent`,
    ),
    ...line('', `${orders.unknown} with an open outcome`, `${orders.recovered} of them cleared up`),
    ...line('frames', `${received} in`, `${sent} out`, `${parsed} parsed`),
    ...(tally.errors > 0 ? line('errors', `${tally.errors}`) : []),
  ];
}

function topicRow(screen: Terminal, { topic, updates, gaps, last, first }: TopicNews): string {
  if (last === undefined || first === undefined) return row(topic, '', '', `${updates}`, `${gaps}`);
  const change = last / first - 1;
  const shown = `${change >= 0 ? '+' : ''}${(change * 100).toFixed(2)} %`;
  // Add colours after the alignment: colour codes count as characters.
  return row(topic, money(last), shown, `${updates}`, `${gaps}`).replace(shown, (text) =>
    screen.paint(text, change >= 0 ? 'green' : 'red'),
  );
}

function row(topic: string, last: string, change: string, updates: string, gaps: string): string {
  return topic.padEnd(18) + last.padStart(13) + change.padStart(10) + updates.padStart(10) + gaps.padStart(7);
}

function sum(topics: readonly TopicNews[], field: 'updates' | 'gaps'): number {
  return topics.reduce((total, news) => total + news[field], 0);
}

function many(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function latency(roundTrip: number | undefined): string {
  return roundTrip === undefined ? 'round trip …' : `round trip ${roundTrip.toFixed(1)} ms`;
}

function seconds(elapsed: number): string {
  return `${(elapsed / 1_000).toFixed(elapsed < 100_000 ? 3 : 0)} s`;
}
