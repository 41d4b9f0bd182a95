import { SeededRandom } from 'hpx-transport-ws/testing';
import { BROKEN, CLOSES, messageOf, type Part, pieces, SOUND } from './frames.js';

/** What the application does when it gets an event. */
export type Deed = 'pause' | 'send' | 'ping' | 'close' | 'terminate';

/** How long a pause lasts, and what comes between two reads. */
export type Wait = 'none' | 'microtask' | 'tick' | 'turn';

/** One connection: what the server sends, in which reads it arrives, and what the application does meanwhile. */
export interface StreamPlan {
  readonly seed: number;
  /** For ws and for the adapter. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly maxMessageSize: number;
  /** How many reads come together with the answer to the upgrade. */
  readonly early: number;
  readonly reads: readonly { readonly bytes: Buffer; readonly wait: Wait }[];
  /** What the application does, by the number of the event. */
  readonly deeds: ReadonlyMap<number, Deed>;
  readonly pause: Wait;
  /** How the server ends the TCP connection. */
  readonly end: 'end' | 'destroy';
}

const WAITS: readonly Wait[] = ['none', 'microtask', 'tick', 'turn'];

/** The same seed gives the same plan. */
export function planStream(seed: number): StreamPlan {
  const random = new SeededRandom(seed);
  const maxMessageSize = random.pick([16 * 1_024 * 1_024, 16 * 1_024 * 1_024, 70_000, 1_000, 126, 20]);
  const parts = partsOf(random, maxMessageSize);
  if (random.chance(0.15)) parts.push(cutPart(random, parts.pop() ?? Buffer.alloc(0)));
  const waits = random.chance(0.5) ? [random.pick(WAITS)] : WAITS;
  return {
    seed,
    maxMessageSize,
    options: optionsOf(random),
    early: random.chance(0.3) ? random.integer(1, 3) : 0,
    reads: readsOf(random, parts).map((bytes) => ({ bytes, wait: random.pick(waits) })),
    deeds: deedsOf(random),
    pause: random.pick(WAITS),
    end: random.chance(0.8) ? 'end' : 'destroy',
  };
}

function partsOf(random: SeededRandom, maxMessageSize: number): Buffer[] {
  const parts: Buffer[] = [];
  const add = (part: Part) => parts.push(part(random));
  // Most streams have one kind of frames that comes in long rows.
  const usual = random.chance(0.6) ? pickSound(random) : undefined;
  const count = random.pick([1, 5, 20, 60]);
  const limit = 2 * maxMessageSize;
  for (let index = 0; index < count; index++) {
    const part = usual && random.chance(0.8) ? usual(random) : pickSound(random)(random);
    if (part.length <= limit) parts.push(part);
    if (maxMessageSize <= 70_000 && random.chance(0.05)) parts.push(messageOf(random, maxMessageSize));
  }
  if (random.chance(0.4)) {
    const place = random.integer(0, parts.length);
    const tooLarge = maxMessageSize <= 70_000 && random.chance(0.2);
    const broken = tooLarge
      ? messageOf(random, maxMessageSize + random.pick([1, 1, 100]))
      : random.pick(BROKEN)(random);
    parts.splice(place, 0, broken);
  }
  if (random.chance(0.3)) {
    add(random.pick(CLOSES));
    if (random.chance(0.5)) for (let index = 0; index < 3; index++) add(pickSound(random));
  }
  return parts;
}

function pickSound(random: SeededRandom): Part {
  let at = random.next() * SOUND.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, part] of SOUND) {
    at -= weight;
    if (at < 0) return part;
  }
  throw new RangeError('unreachable: the weights add up to more than any draw');
}

function readsOf(random: SeededRandom, parts: readonly Buffer[]): Buffer[] {
  // Reads that end inside of headers.
  if (random.chance(0.3)) return regroup(parts.flatMap((part) => (random.chance(0.5) ? [part] : inTwo(random, part))));
  const bytes = Buffer.concat(parts);
  // Very many tiny reads of a long stream take long and show nothing new.
  const small = bytes.length < 500 ? random.pick([1, 2, 5]) : bytes.length < 5_000 ? random.pick([30, 200]) : 2_000;
  return pieces(random, bytes, random.pick([bytes.length + 1, small, 1_500, 65_536]));
}

/** Cut in the header or right behind it. */
function inTwo(random: SeededRandom, part: Buffer): [Buffer, Buffer] {
  const at = random.integer(1, 11);
  return [part.subarray(0, at), part.subarray(at)];
}

/** The second half of what was cut comes in one read with all up to the next first half. */
function regroup(pieces: readonly Buffer[]): Buffer[] {
  const reads: Buffer[] = [];
  for (let index = 0; index < pieces.length; index += 3) reads.push(Buffer.concat(pieces.slice(index, index + 3)));
  return reads.filter(({ length }) => length > 0);
}

/** A part of which the end never comes. */
function cutPart(random: SeededRandom, part: Buffer): Buffer {
  return part.subarray(0, random.integer(0, part.length));
}

function deedsOf(random: SeededRandom): Map<number, Deed> {
  const deeds = new Map<number, Deed>();
  if (random.chance(0.5)) return deeds;
  const count = random.integer(1, 3);
  for (let index = 0; index < count; index++) {
    deeds.set(random.integer(0, 25), random.pick(['pause', 'pause', 'send', 'ping', 'close', 'terminate']));
  }
  return deeds;
}

function optionsOf(random: SeededRandom): Record<string, unknown> {
  if (random.chance(0.7)) return {};
  return random.pick([
    { skipUTF8Validation: true },
    { allowSynchronousEvents: false },
    { autoPong: false },
    { maxFragments: 2 },
    { maxBufferedChunks: 3 },
  ]);
}
