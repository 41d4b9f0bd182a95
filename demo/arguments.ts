import { parseArgs } from 'node:util';
import { type VenueName, venues } from './venues.js';

const VENUES = Object.keys(venues);
/** Quotes per second: more than a page can show, and little work for a laptop. */
const DEFAULT_RATE = 5_000;

export const HELP = `A bot trades on a small exchange. The exchange drops the connection, and the
bot continues to trade. A dashboard in the browser watches the same exchange,
and has buttons that break it.

  npm run demo -- [options]

  --for <time>   end after this time: 500ms, 10s, 2m
                 (default: until Ctrl-C on a terminal, else 8s)
  --page-only    serve the dashboard without the bot, until Ctrl-C
  --no-page      run the bot without the dashboard
  --built        make the dashboard from the built package (npm run build)
                 instead of the sources
  --port <n>     the port of the exchange and of the dashboard
                 (default: any free port)
  --rate <n>     quotes per second for the dashboard, 1 to 50000
                 (default: ${DEFAULT_RATE})
  --url <url>    connect to another server with the demo's protocol, for
                 example to a demo that runs in another terminal
  --venue <name> show the live data of a venue instead of the bot:
                 ${VENUES.join(', ')}. Needs the internet.
  --topic <name> a topic of the venue; may be given several times
  --frames       print every frame of the venue, whole
  --local        let a scripted server on this machine be the venue
  --help         print this text

Set NO_COLOR in the environment to turn colours off.`;

export interface DemoArguments {
  readonly help: boolean;
  /** Milliseconds. Without a duration the demo runs until it is interrupted. */
  readonly duration: number | undefined;
  readonly url: string | undefined;
  /** A venue to listen to, instead of the bot. */
  readonly venue: VenueName | undefined;
  readonly topics: readonly string[];
  /** What is printed of the frames of a venue. */
  readonly frames: 'all' | 'some';
  readonly local: boolean;
  /** What runs: the bot, the dashboard, or both. */
  readonly parts: 'both' | 'bot' | 'page';
  /** Whether the dashboard is made from the built package. */
  readonly isBuilt: boolean;
  /** 0 takes any free port. */
  readonly port: number;
  /** Quotes per second. */
  readonly rate: number;
}

/** A wrong command line. The message says what is allowed. */
export class UsageError extends Error {}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const LONGEST = 24 * 3_600_000;

/** @throws UsageError */
export function readArguments(args: string[]): DemoArguments {
  const values = parse(args);
  const {
    built: isBuilt = false,
    frames = false,
    help = false,
    for: time,
    local = false,
    topic: topics = [],
    url,
    venue,
  } = values;
  if (venue !== undefined && !isVenue(venue)) {
    throw new UsageError(`--venue is ${JSON.stringify(venue)}; one of ${VENUES.join(', ')} is needed.`);
  }
  if (!venue && (local || frames || topics.length > 0)) {
    throw new UsageError('--topic, --frames and --local need a --venue.');
  }
  if (local && url !== undefined) throw new UsageError('--local starts a server of its own; it cannot have a --url.');
  if (url !== undefined && !isWebSocketUrl(url)) {
    throw new UsageError(`--url is ${JSON.stringify(url)}; a ws:// or wss:// URL is needed.`);
  }
  return {
    help,
    url,
    venue,
    topics,
    frames: frames ? 'all' : 'some',
    local,
    parts: readParts(values),
    isBuilt,
    port: readNumber('--port', values.port, 0, 65_535) ?? 0,
    rate: readNumber('--rate', values.rate, 1, 50_000) ?? DEFAULT_RATE,
    duration: time === undefined ? undefined : readDuration(time),
  };
}

/** A server that is not the demo's own has no dashboard. */
function readParts(values: ReturnType<typeof parse>): DemoArguments['parts'] {
  const { built = false, 'page-only': pageOnly = false, 'no-page': noPage = false, port, rate, url, venue } = values;
  const isForeign = url !== undefined || venue !== undefined;
  if (built && (noPage || isForeign)) throw new UsageError('--built needs the dashboard.');
  if (pageOnly && noPage) throw new UsageError('--page-only and --no-page leave nothing to run.');
  if (isForeign && (pageOnly || port !== undefined || rate !== undefined)) {
    throw new UsageError("--page-only, --port and --rate need the demo's own exchange: leave out --url and --venue.");
  }
  if (pageOnly) return 'page';
  return noPage || isForeign ? 'bot' : 'both';
}

function parse(args: string[]) {
  try {
    const options = {
      help: { type: 'boolean', short: 'h' },
      for: { type: 'string' },
      url: { type: 'string' },
      venue: { type: 'string' },
      topic: { type: 'string', multiple: true },
      frames: { type: 'boolean' },
      local: { type: 'boolean' },
      'page-only': { type: 'boolean' },
      'no-page': { type: 'boolean' },
      built: { type: 'boolean' },
      port: { type: 'string' },
      rate: { type: 'string' },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function readNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${name} is ${JSON.stringify(text)}; a number from ${least} to ${most} is needed.`);
}

function readDuration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const duration = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (duration > 0 && duration <= LONGEST) return duration;
  throw new UsageError(`--for is ${JSON.stringify(text)}; a time such as 500ms, 10s or 2m is needed, up to a day.`);
}

function isVenue(name: string): name is VenueName {
  return Object.hasOwn(venues, name);
}

function isWebSocketUrl(text: string): boolean {
  return /^wss?:$/.test(URL.canParse(text) ? new URL(text).protocol : '');
}
