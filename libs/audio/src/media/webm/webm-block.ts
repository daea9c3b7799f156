import { readEbmlNumber } from './ebml.ts';

/** After the track's number: the block's time and its flags. */
const TIME_AND_FLAGS_BYTES = 3;
const XIPH_LACING = 1;
const FIXED_LACING = 2;
const GOES_ON = 255;

/** Which track a block belongs to, by its first bytes; `undefined` when they do not say. */
export function blockTrack(firstBytes: Uint8Array): number | undefined {
  return readEbmlNumber(firstBytes, 0)?.value;
}

/** The packets of a block; `undefined` when it is broken. */
export function blockPackets(block: Uint8Array): readonly Uint8Array[] | undefined {
  const track = readEbmlNumber(block, 0);
  const flagsAt = (track?.bytes ?? 0) + TIME_AND_FLAGS_BYTES - 1;
  const flags = block[flagsAt];
  if (track === undefined || flags === undefined) return undefined;
  const lacing = (flags >> 1) & 3;
  const body = block.subarray(flagsAt + 1);
  if (lacing === 0) return [body];
  const count = (body[0] ?? 0) + 1;
  if (lacing === FIXED_LACING) return cutEvenly(body.subarray(1), count);
  const lengths = lacing === XIPH_LACING ? xiphLengths(body, count) : ebmlLengths(body, count);
  return lengths === undefined ? undefined : cut(body.subarray(lengths.end), lengths.sizes);
}

interface Lengths {
  /** Of all packets but the last, which takes what is left. */
  readonly sizes: readonly number[];
  readonly end: number;
}

function xiphLengths(body: Uint8Array, count: number): Lengths | undefined {
  const sizes: number[] = [];
  let at = 1;
  while (sizes.length < count - 1) {
    let size = 0;
    let piece = GOES_ON;
    while (piece === GOES_ON) {
      const next = body[at];
      if (next === undefined) return undefined;
      piece = next;
      size += piece;
      at += 1;
    }
    sizes.push(size);
  }
  return { sizes, end: at };
}

/** The first length, then differences: numbers around the middle of what their bytes can say. */
function ebmlLengths(body: Uint8Array, count: number): Lengths | undefined {
  const sizes: number[] = [];
  let at = 1;
  let size = 0;
  while (sizes.length < count - 1) {
    const number = readEbmlNumber(body, at);
    if (number === undefined) return undefined;
    const middle = 2 ** (7 * number.bytes - 1) - 1;
    size = sizes.length === 0 ? number.value : size + number.value - middle;
    if (size < 0) return undefined;
    at += number.bytes;
    sizes.push(size);
  }
  return { sizes, end: at };
}

function cut(body: Uint8Array, sizes: readonly number[]): Uint8Array[] | undefined {
  let at = 0;
  const packets = sizes.map((size) => body.subarray(at, (at += size)));
  return at > body.length ? undefined : [...packets, body.subarray(at)];
}

function cutEvenly(body: Uint8Array, count: number): Uint8Array[] | undefined {
  const size = body.length / count;
  if (!Number.isInteger(size)) return undefined;
  return Array.from({ length: count }, (_, index) => body.subarray(index * size, (index + 1) * size));
}
