import type { SeededRandom } from 'hpx-transport-ws/testing';

/** How the header of a frame differs from a sound frame of a server. */
interface Header {
  readonly first?: number;
  readonly mask?: boolean;
  /** Announces a length in two or eight bytes although fewer would do. */
  readonly wide?: 2 | 8;
  /** What the header says, whatever the frame holds. */
  readonly announced?: bigint;
}

/** One frame of a server (RFC 6455 section 5.2). */
export function frame(opcode: number, payload: Buffer, header: Header = {}): Buffer {
  const { first = 0x80 | opcode, mask = false, wide, announced = BigInt(payload.length) } = header;
  const bit = mask ? 0x80 : 0;
  const start =
    wide === 8 || announced > 0xffffn
      ? eight(announced)
      : wide === 2 || announced > 125n
        ? two(announced)
        : [Number(announced)];
  start[0] = (start[0] as number) | bit;
  return Buffer.concat([Buffer.from([first, ...start, ...(mask ? [1, 2, 3, 4] : [])]), payload]);
}

const two = (size: bigint): number[] => [126, Number(size >> 8n), Number(size & 255n)];
const eight = (size: bigint): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(size);
  return [127, ...bytes];
};

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];

/** A sound part of a stream: a frame, or a message in several frames. */
export type Part = (random: SeededRandom) => Buffer;

/** Sound parts, each with how often it comes. */
export const SOUND: readonly (readonly [weight: number, part: Part])[] = [
  [30, (random) => frame(TEXT, ascii(random, random.integer(0, 40)))],
  [10, (random) => frame(TEXT, ascii(random, random.pick([124, 125, 126, 127, 128, 255, 256, 300])))],
  [10, (random) => frame(TEXT, words(random, random.integer(1, 60)))],
  [3, (random) => frame(TEXT, words(random, random.integer(400, 2_000)))],
  [3, (random) => frame(TEXT, ascii(random, random.integer(0, 200)), { wide: 2 })],
  [2, (random) => frame(TEXT, ascii(random, random.integer(0, 200)), { wide: 8 })],
  [1, (random) => frame(TEXT, ascii(random, random.pick([16_384, 65_535, 65_536, 70_000])))],
  [4, (random) => frame(BINARY, noise(random, random.integer(0, 300)))],
  [4, (random) => frame(BINARY, bait(random, random.integer(1, 300)))],
  [6, (random) => frame(random.pick([PING, PONG]), noise(random, random.pick([0, 1, 5, 125])))],
  [3, (random) => frame(random.pick([PING, PONG]), bait(random, random.integer(1, 30)).subarray(0, 125))],
  [1, (random) => frame(random.pick([TEXT, BINARY]), bait(random, 20_000), { wide: 8 })],
  [6, fragments],
];

/** Parts that ws refuses. */
export const BROKEN: readonly Part[] = [
  (random) =>
    frame(random.pick([TEXT, BINARY, PING, CONTINUATION]), ascii(random, 3), {
      first: 0x80 | (random.integer(1, 7) * 16) | TEXT,
    }),
  (random) =>
    frame(random.pick([TEXT, TEXT, TEXT, BINARY, PING, CLOSE]), ascii(random, random.integer(0, 120)), { mask: true }),
  (random) => frame(random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), ascii(random, 4)),
  (random) => frame(CONTINUATION, ascii(random, 4)),
  (random) => frame(CONTINUATION, ascii(random, 4), { first: 0 }),
  (random) => Buffer.concat([frame(TEXT, ascii(random, 3), { first: TEXT }), frame(TEXT, ascii(random, 3))]),
  (random) => Buffer.concat([frame(BINARY, ascii(random, 3), { first: BINARY }), frame(BINARY, ascii(random, 3))]),
  (random) =>
    Buffer.concat([
      frame(TEXT, ascii(random, 3), { first: TEXT }),
      frame(PING, ascii(random, 3)),
      frame(TEXT, ascii(random, 3)),
    ]),
  (random) => frame(PING, ascii(random, 3), { first: random.pick([PING, PONG, CLOSE]) }),
  (random) => frame(random.pick([PING, PONG, CLOSE]), ascii(random, 126)),
  (random) => frame(PING, ascii(random, 2), { wide: random.pick([2, 8]) }),
  () => frame(CLOSE, Buffer.from([3])),
  (random) => frame(CLOSE, closing(random.pick([0, 999, 1004, 1005, 1006, 1015, 1016, 2_999, 5_000]), '')),
  (random) => frame(CLOSE, Buffer.concat([closing(1000, ''), invalid(random)])),
  (random) => frame(TEXT, invalid(random)),
  (random) => frame(TEXT, Buffer.concat([words(random, 20), invalid(random), words(random, 20)])),
  (random) =>
    Buffer.concat([frame(TEXT, words(random, 3)), frame(TEXT, invalid(random)), frame(TEXT, words(random, 3))]),
  // The first half of a character at the end of one frame, and the second half at the start of the next.
  () => Buffer.concat([frame(TEXT, Buffer.from([0xc3])), frame(TEXT, Buffer.from([0xa9]))]),
  (random) => Buffer.concat([frame(TEXT, invalid(random), { first: TEXT }), frame(CONTINUATION, ascii(random, 2))]),
  (random) => frame(random.pick([TEXT, BINARY]), ascii(random, 5), { wide: 8, announced: 2n ** 53n }),
  (random) => frame(random.pick([TEXT, BINARY]), ascii(random, 5), { wide: 8, announced: 2n ** 63n + 7n }),
  (random) => frame(random.pick([TEXT, BINARY]), ascii(random, 5), { announced: BigInt(17 * 1_024 * 1_024) }),
  (random) => noise(random, random.integer(2, 40)),
];

/** The ways of a server to begin the end. */
export const CLOSES: readonly Part[] = [
  () => frame(CLOSE, Buffer.alloc(0)),
  (random) => frame(CLOSE, closing(random.pick([1000, 1001, 1011, 3000, 4999]), '')),
  (random) => frame(CLOSE, closing(1000, random.pick(['bye', 'až příště']))),
];

/** A message of so many bytes: at, above or below a limit. */
export function messageOf(random: SeededRandom, bytes: number): Buffer {
  return frame(random.pick([TEXT, TEXT, BINARY]), ascii(random, bytes));
}

/** A message in fragments, which may cut a character, with control frames between them. */
function fragments(random: SeededRandom): Buffer {
  const opcode = random.pick([TEXT, BINARY]);
  const payload = random.chance(0.5) ? words(random, random.integer(0, 60)) : bait(random, random.integer(1, 40));
  const cuts = pieces(random, payload, random.integer(1, 30));
  if (cuts.length === 1) cuts.push(Buffer.alloc(0));
  return Buffer.concat(
    cuts.flatMap((piece, index) => {
      const isLast = index === cuts.length - 1;
      const kind = index === 0 ? opcode : CONTINUATION;
      const one = frame(kind as number, piece, { first: (isLast ? 0x80 : 0) | (kind as number) });
      return random.chance(0.2) && !isLast ? [one, frame(PING as number, ascii(random, 2))] : [one];
    }),
  );
}

/** Cuts bytes into pieces of at most `most` bytes, in random places. */
export function pieces(random: SeededRandom, bytes: Buffer, most: number): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.integer(1, most);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut.length > 0 ? cut : [bytes];
}

function closing(code: number, reason: string): Buffer {
  const bytes = Buffer.from(`..${reason}`);
  bytes.writeUInt16BE(code);
  return bytes;
}

/** Printable characters in a row that repeats itself. */
const PRINTABLE = Buffer.alloc(80_000).map((_, index) => 32 + ((index * 7) % 95));

function ascii(random: SeededRandom, size: number): Buffer {
  const start = random.integer(0, 94);
  return Buffer.from(PRINTABLE.subarray(start, start + size));
}

/** Characters of all widths of UTF-8. Some look like text frames to a reader that is in the wrong place. */
const CHARACTERS = [
  'a',
  '"',
  'ž',
  '€',
  '漢',
  '😀',
  '\u0000',
  '\ufeff',
  '\ufffd',
  '\u2028',
  '\uffff',
  'Á\u0001',
  'ā\u0002',
  '΁\u0000',
];

/** Valid UTF-8 that is full of bytes which look like whole text frames. */
function bait(random: SeededRandom, count: number): Buffer {
  return Buffer.from('Á\u0002ab'.repeat(count + random.integer(0, 3)));
}

function words(random: SeededRandom, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => random.pick(CHARACTERS)).join(''));
}

function noise(random: SeededRandom, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)));
}

/** Bytes that are not UTF-8. */
function invalid(random: SeededRandom): Buffer {
  return Buffer.from(
    random.pick([
      [0x80],
      [0xff],
      [0xc3],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0x61, 0xe9, 0x62],
    ]),
  );
}
