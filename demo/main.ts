import type { WebSocketConfigInput } from 'hpx-transport-ws';
import { runLive } from '../src/cli/live.js';
import { Report } from '../src/cli/report.js';
import { Terminal } from '../src/cli/terminal.js';
import { type DemoArguments, HELP, readArguments, UsageError } from './arguments.js';
import { Bot } from './bot.js';
import type { Door } from './exchange/door.js';
import { Exchange } from './exchange/exchange.js';
import { DEMO_CREDENTIALS } from './protocol.js';
import { newsLines, panel, summary } from './report.js';
import { DemoServer } from './server/demo-server.js';
import { type VenueName, venues } from './venues.js';
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
  const demo = readArguments(args);
  const screen = new Terminal(process.stdout, process.env);
  if (demo.help) {
    screen.print(HELP);
    return 0;
  }
  const usual = screen.isLive || demo.parts === 'page' ? undefined : DURATION_WITHOUT_TERMINAL;
  const duration = demo.duration ?? usual;
  const end = untilInterrupted(duration);
  if (demo.venue) return runVenue(demo.venue, demo, screen, end);
  if (demo.url) return runBot({ url: demo.url, ...FREQUENT_PINGS }, 'with a server', screen, end);
  return withExchange(demo, screen, async (server) => {
    if (demo.parts !== 'bot') screen.print(`${screen.paint('dashboard', 'bold')} at ${server.pageUrl}`);
    // On a terminal somebody may open the page soon.
    if (demo.parts === 'page' || (demo.parts === 'both' && screen.isLive)) void server.prepare().catch(() => {});
    if (demo.parts === 'page') return untilAborted(end);
    const stopDrops = scheduleDrops(server.botDoor, Math.min(FIRST_DROP, 0.4 * (duration ?? Infinity)));
    const config = { url: server.url, ...FREQUENT_PINGS, ...SHORT_DELAYS };
    const exitCode = await runBot(config, 'with its own exchange', screen, end);
    stopDrops();
    return exitCode;
  });
}

async function withExchange(
  { isBuilt, parts, port, rate }: DemoArguments,
  screen: Terminal,
  run: (server: DemoServer) => Promise<number>,
): Promise<number> {
  const exchange = new Exchange({ credentials: DEMO_CREDENTIALS, rate });
  try {
    const server = await DemoServer.start({
      exchange,
      port,
      page: parts === 'bot' ? 'none' : isBuilt ? 'built' : 'sources',
    });
    const exitCode = await run(server);
    await server.close();
    return exitCode;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    screen.print(`Port ${port} is taken. Choose another with --port, or leave it out.`);
    return 1;
  } finally {
    exchange.close();
  }
}

async function runBot(
  config: WebSocketConfigInput & { readonly url: string },
  what: string,
  screen: Terminal,
  end: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  const bot = new Bot(config, DEMO_CREDENTIALS, (kind, text) => {
    for (const line of newsLines(screen, elapsed(), kind, text)) screen.print(line);
  });
  screen.print(`${screen.paint('hpx-transport-ws', 'bold')} ${what} at ${config.url}`);
  screen.print();
  screen.show(() => panel(screen, bot, elapsed()));
  const { error } = await bot.run(end);
  screen.end();
  for (const line of summary(screen, bot, elapsed())) screen.print(line);
  if (error) for (const line of wrap(error.message, WIDTH)) screen.print(screen.paint(line, 'red'));
  return bot.client.epoch > 0 && !error ? 0 : 1;
}

async function runVenue(
  venue: VenueName,
  { local, topics, frames, url, duration = Infinity }: DemoArguments,
  screen: Terminal,
  end: AbortSignal,
): Promise<number> {
  const own = local ? await venues[venue].serve() : undefined;
  const connection = {
    venue,
    url: url ?? own?.url,
    topics: topics.length > 0 ? topics : venues[venue].topics,
    send: [],
    headers: {},
    duration,
    reconnects: true,
  };
  const exitCode = await runLive(connection, new Report(screen, frames), end);
  await own?.close();
  if (exitCode === 1 && !local) screen.print('Without the internet, use --local: a scripted server.');
  return exitCode;
}

/** Drops the bot at one of its orders, now and then. Returns a function that ends it. */
function scheduleDrops(door: Door, first: number): () => void {
  let timer: NodeJS.Timeout;
  const plan = (delay: number) => {
    timer = setTimeout(() => {
      door.break('drop-order');
      plan(NEXT_DROP);
    }, delay);
  };
  plan(first);
  return () => clearTimeout(timer);
}

/** Aborts after `duration` or at the first Ctrl-C. A second Ctrl-C ends the process at once. */
function untilInterrupted(duration: number | undefined): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  if (duration !== undefined) setTimeout(() => end.abort(), duration).unref();
  return end.signal;
}

/** Resolves with the exit code of a demo that did what it was asked for. */
function untilAborted(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(0);
    else signal.addEventListener('abort', () => resolve(0), { once: true });
  });
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
