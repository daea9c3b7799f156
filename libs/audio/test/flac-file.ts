export const BLOCK_SAMPLES = 4_096;

function crc(bytes: readonly number[], bits: 8 | 16, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) value = value & (1 << (bits - 1)) ? (value << 1) ^ polynomial : value << 1;
    value &= 2 ** bits - 1;
  }
  return value;
}

const u16be = (value: number) => [(value >> 8) & 255, value & 255];

/** An uncompressed ("verbatim") subframe; one of equal samples is a "constant" one, as every encoder writes silence. */
function subframe(samples: Int16Array): number[] {
  const [first = 0] = samples;
  return samples.every((sample) => sample === first) ? [0x00, ...u16be(first)] : [0x02, ...[...samples].flatMap(u16be)];
}

/** One frame: 16 kHz, 16 bits. */
function flacFrame(number: number, channels: readonly Int16Array[]): number[] {
  const length = channels[0]?.length ?? 0;
  const head = [0xff, 0xf8, 0x75, ((channels.length - 1) << 4) | 0x08, number, ...u16be(length - 1)];
  const body = channels.flatMap(subframe);
  const frame = [...head, crc(head, 8, 0x07), ...body];
  return [...frame, ...u16be(crc(frame, 16, 0x8005))];
}

/** A whole FLAC file as the format's specification lays it out: 16 kHz, 16 bits. */
export function flac(channels: readonly Int16Array[]): Uint8Array {
  const total = channels[0]?.length ?? 0;
  const rateAndShape = (16_000 << 4) | ((channels.length - 1) << 1);
  const info = [
    ...[...u16be(BLOCK_SAMPLES), ...u16be(BLOCK_SAMPLES), 0, 0, 0, 0, 0, 0],
    ...[(rateAndShape >> 16) & 255, (rateAndShape >> 8) & 255, rateAndShape & 255, 0xf0],
    ...[0, 0, ...u16be(total), ...new Array<number>(16).fill(0)],
  ];
  const frames = Array.from({ length: Math.ceil(total / BLOCK_SAMPLES) }, (_, number) =>
    flacFrame(
      number,
      channels.map((samples) => samples.subarray(number * BLOCK_SAMPLES, (number + 1) * BLOCK_SAMPLES)),
    ),
  );
  return Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, info.length, ...info, ...frames.flat()]);
}

/** The longest block there is. Units: samples per channel. */
const LONGEST_BLOCK_SAMPLES = 65_535;

/** Silence as it packs best: 14 bytes for four seconds. */
export function silentFlac(blocks: number): Uint8Array {
  const head = flac([new Int16Array(0)]);
  const frames = Array.from({ length: blocks }, (_, number) => {
    const coded =
      number < 128 ? [number] : number < 2048 ? [0xc0 | (number >> 6), 0x80 | (number & 63)] : threeBytes(number);
    const start = [0xff, 0xf8, 0x75, 0x08, ...coded, ...u16be(LONGEST_BLOCK_SAMPLES - 1)];
    const frame = [...start, crc(start, 8, 0x07), 0x00, 0, 0];
    return [...frame, ...u16be(crc(frame, 16, 0x8005))];
  });
  return Uint8Array.from([...head, ...frames.flat()]);
}

function threeBytes(number: number): number[] {
  return [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 63), 0x80 | (number & 63)];
}
