import { HELP, readArguments, UsageError } from './arguments.js';
import { Bot } from './bot.js';
import { Exchange } from './exchange.js';
import { DEMO_CREDENTIALS } from './protocol.js';
import { newsLine, panel, summary } from './report.js';
import { Screen } from './screen.js';

/** Without a terminal nobody could end it, so that it ends by itself. */
const DURATION_WITHOUT_TERMINAL = 8_000;
const FIRST_DROP = 4_000;
const NEXT_DROP = 15_000;
/** Probes come often enough to show a round trip. */
const KEEP_ALIVE = { pingInterval: 1_000, pongTimeout: 5_000 };
/** Far shorter than the defaults, so that a demo of seconds shows several attempts. */
const HASTE = { reconnectInitialDelay: 100, reconnectMaxDelay: 400 };

/** Returns the exit code: 0 after a run, 1 where the exchange never let the bot in, 2 for wrong arguments. */
async function main(args: string[]): Promise<number> {
  const { help, url, duration: asked } = readArguments(args);
  const screen = new Screen(process.stdout, process.env);
  if (help) {
    screen.print(HELP);
    return 0;
  }
  const duration = asked ?? (screen.isLive ? undefined : DURATION_WITHOUT_TERMINAL);
  const firstDrop = Math.min(FIRST_DROP, 0.4 * (duration ?? Infinity));
  const exchange = url
    ? undefined
    : await Exchange.start({ credentials: DEMO_CREDENTIALS, firstDrop, nextDrop: NEXT_DROP });
  const address = url ?? (exchange as Exchange).url;
  const config = { url: address, ...KEEP_ALIVE, ...(exchange && HASTE) };

  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const bot = new Bot(config, DEMO_CREDENTIALS, (kind, text) => screen.print(newsLine(screen, elapsed(), kind, text)));
  screen.print(
    `${screen.paint('hpx-transport-ws', 'bold')} ${exchange ? 'and an exchange of its own' : 'with a server'} at ${address}`,
  );
  screen.print();
  screen.start(() => panel(screen, bot, elapsed()));

  const { error } = await bot.run(untilInterrupted(duration));
  screen.stop();
  for (const line of summary(screen, bot, elapsed())) screen.print(line);
  if (error) screen.print(screen.paint(error.message, 'red'));
  await exchange?.close();
  return bot.client.epoch > 0 && !error ? 0 : 1;
}

/** Ends after the time, and at the first Ctrl-C; the second one ends the process as it always does. */
function untilInterrupted(duration: number | undefined): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  if (duration !== undefined) setTimeout(() => end.abort(), duration).unref();
  return end.signal;
}

// Whoever reads through a pipe may have seen enough: `npm run demo | head`.
process.stdout.on('error', () => process.exit(0));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (cause) {
  if (!(cause instanceof UsageError)) throw cause;
  process.stderr.write(`${cause.message}\nnpm run demo -- --help tells more.\n`);
  process.exitCode = 2;
}
