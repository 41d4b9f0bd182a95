// Writes a screenshot as a small PNG: with a palette of its 256 most frequent colours.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = 8;
/** Bytes of a pixel: red, green, blue. */
const RGB = 3;

/** @param png - a PNG with 8 bits of red, green and blue, as Chromium takes it */
export function smallPng(png) {
  const { width, height, pixels } = decode(png);
  const palette = frequentColours(pixels);
  const nearest = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let n = 0; n < width * height; n++) {
    const colour = pixels.readUIntBE(n * RGB, RGB);
    if (!nearest.has(colour)) nearest.set(colour, nearestIn(palette, colour));
    // Each row begins with its filter: none.
    rows[n + Math.floor(n / width) + 1] = nearest.get(colour);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // 8 bits, with a palette
  const colours = Buffer.alloc(palette.length * RGB);
  palette.forEach((colour, index) => {
    colours.writeUIntBE(colour, index * RGB, RGB);
  });
  return Buffer.concat([
    png.subarray(0, SIGNATURE),
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decode(png) {
  const data = [];
  for (let at = SIGNATURE; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(body);
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2) throw new Error('The PNG has not 8 bits of red, green and blue.');
  const filtered = inflateSync(Buffer.concat(data));
  const length = width * RGB;
  const pixels = Buffer.alloc(height * length);
  for (let y = 0; y < height; y++) unfilter(filtered, pixels, y, length);
  return { width, height, pixels };
}

/** The filters of a row: https://www.w3.org/TR/png-3/#9Filters */
function unfilter(filtered, pixels, y, length) {
  const from = y * (length + 1);
  const filter = filtered[from];
  const to = y * length;
  for (let x = 0; x < length; x++) {
    const left = x >= RGB ? pixels[to + x - RGB] : 0;
    const up = y > 0 ? pixels[to + x - length] : 0;
    const corner = x >= RGB && y > 0 ? pixels[to + x - length - RGB] : 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    pixels[to + x] = filtered[from + 1 + x] + guess;
  }
}

function paeth(left, up, corner) {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function frequentColours(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += RGB) {
    const colour = pixels.readUIntBE(at, RGB);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 256)
    .map(([colour]) => colour);
}

function nearestIn(palette, colour) {
  const distances = palette.map((known) =>
    [16, 8, 0].reduce((sum, shift) => sum + (((known >> shift) & 255) - ((colour >> shift) & 255)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
