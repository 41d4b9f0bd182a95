import { HELP, readArguments, UsageError } from './arguments.js';
import { Bot } from './bot.js';
import { Exchange } from './exchange.js';
import { DEMO_CREDENTIALS } from './protocol.js';
import { newsLines, panel, summary } from './report.js';
import { Screen } from './screen.js';
import { tap } from './tap.js';
import { WIDTH, wrap } from './wrap.js';

/** Milliseconds. Without a terminal there is no Ctrl-C, so the demo needs an end. */
const DURATION_WITHOUT_TERMINAL = 8_000;
const FIRST_DROP = 4_000;
const NEXT_DROP = 15_000;
/** Frequent pings, so that a short demo shows a round trip. */
const FREQUENT_PINGS = { pingInterval: 1_000, pongTimeout: 5_000 };
/** Shorter delays than the defaults, so that a short demo shows several attempts. */
const SHORT_DELAYS = { reconnectInitialDelay: 100, reconnectMaxDelay: 400 };

/** Returns the exit code: 0 after a run, 1 if the exchange never accepted the bot. Wrong arguments exit with 2. */
async function main(args: string[]): Promise<number> {
  const { help, local, topics, url, venue, duration: requested } = readArguments(args);
  const screen = new Screen(process.stdout, process.env);
  if (help) {
    screen.print(HELP);
    return 0;
  }
  const duration = requested ?? (screen.isLive ? undefined : DURATION_WITHOUT_TERMINAL);
  if (venue) {
    const own = local ? await venue.serve() : undefined;
    const options = { venue, url: url ?? own?.url ?? venue.url, topics: topics.length > 0 ? topics : venue.topics };
    const exitCode = await tap(options, screen, untilInterrupted(duration));
    await own?.close();
    return exitCode;
  }
  const firstDrop = Math.min(FIRST_DROP, 0.4 * (duration ?? Infinity));
  const exchange = url
    ? undefined
    : await Exchange.start({ credentials: DEMO_CREDENTIALS, firstDrop, nextDrop: NEXT_DROP });
  const address = url ?? (exchange as Exchange).url;
  const config = { url: address, ...FREQUENT_PINGS, ...(exchange && SHORT_DELAYS) };

  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const bot = new Bot(config, DEMO_CREDENTIALS, (kind, text) => {
    for (const line of newsLines(screen, elapsed(), kind, text)) screen.print(line);
  });
  screen.print(
    `${screen.paint('hpx-transport-ws', 'bold')} ${exchange ? 'with its own exchange' : 'with a server'} at ${address}`,
  );
  screen.print();
  screen.start(() => panel(screen, bot, elapsed()));

  const { error } = await bot.run(untilInterrupted(duration));
  screen.stop();
  for (const line of summary(screen, bot, elapsed())) screen.print(line);
  if (error) for (const line of wrap(error.message, WIDTH)) screen.print(screen.paint(line, 'red'));
  await exchange?.close();
  return bot.client.epoch > 0 && !error ? 0 : 1;
}

/** Aborts after `duration` or at the first Ctrl-C. A second Ctrl-C ends the process at once. */
function untilInterrupted(duration: number | undefined): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  if (duration !== undefined) setTimeout(() => end.abort(), duration).unref();
  return end.signal;
}

// The reader of a pipe may close it early, as in `npm run demo | head`.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (cause) {
  if (!(cause instanceof UsageError)) throw cause;
  process.stderr.write(`${cause.message}\nRun npm run demo -- --help for all options.\n`);
  process.exitCode = 2;
}
