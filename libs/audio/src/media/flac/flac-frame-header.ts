import { crc8 } from '../crc.ts';

/** What stands before every frame of FLAC (RFC 9639, section 9.1). */
export interface FlacFrameHeader {
  readonly headerBytes: number;
  /** Units: samples per channel. */
  readonly blockSamples: number;
  readonly channels: number;
  /** `undefined` where the file's head says it. */
  readonly sampleRateHz: number | undefined;
  /** The frame's number, or its first sample's where blocks differ in length. */
  readonly number: number;
  readonly countsSamples: boolean;
}

/** Sync, two bytes of codes, a number of seven, a length and a rate of two each, the check. */
export const LONGEST_FLAC_HEADER_BYTES = 16;

const CODES_BYTES = 4;
const CHANNEL_CODES = 11;
const STEREO_CODES_FROM = 8;
const RESERVED_BITS_CODE = 3;
const INVALID_RATE_CODE = 15;

const RATES_HZ = [undefined, 88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/** Whether a frame could begin with these bytes: a look at two of them that spares the rest. */
export function isFlacSync(first: number | undefined, second: number | undefined): boolean {
  return first === 0xff && (second === 0xf8 || second === 0xf9);
}

/** Reads a header; `undefined` when these bytes are none. */
export function readFlacFrameHeader(bytes: Uint8Array): FlacFrameHeader | undefined {
  const [first, second, lengths = 0, shape = 0] = bytes;
  const channelCode = shape >> 4;
  const rateCode = lengths & 15;
  const isReserved =
    channelCode >= CHANNEL_CODES ||
    ((shape >> 1) & 7) === RESERVED_BITS_CODE ||
    (shape & 1) === 1 ||
    lengths >> 4 === 0;
  if (!isFlacSync(first, second) || isReserved || rateCode === INVALID_RATE_CODE) return undefined;
  const number = readCodedNumber(bytes, CODES_BYTES);
  if (number === undefined) return undefined;
  const length = readLength(bytes, lengths >> 4, CODES_BYTES + number.bytes);
  const rate = readRate(bytes, rateCode, length.end);
  const headerBytes = rate.end + 1;
  if (headerBytes > bytes.length || crc8(bytes.subarray(0, headerBytes)) !== 0) return undefined;
  return {
    headerBytes,
    blockSamples: length.value,
    channels: channelCode < STEREO_CODES_FROM ? channelCode + 1 : 2,
    sampleRateHz: rate.value,
    number: number.value,
    countsSamples: second === 0xf9,
  };
}

/** A number as UTF-8 writes a character, up to seven bytes. */
function readCodedNumber(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  const first = bytes[at] ?? 0xff;
  const leadingOnes = Math.clz32(~(first << 24));
  if (leadingOnes === 1 || leadingOnes > 7) return undefined;
  const length = Math.max(1, leadingOnes);
  let value = first & (0x7f >> leadingOnes);
  for (const byte of bytes.subarray(at + 1, at + length)) {
    if (byte >> 6 !== 2) return undefined;
    value = value * 64 + (byte & 0x3f);
  }
  return { value, bytes: length };
}

function readLength(bytes: Uint8Array, code: number, at: number): { value: number; end: number } {
  if (code === 6) return { value: uint8(bytes, at) + 1, end: at + 1 };
  if (code === 7) return { value: uint16(bytes, at) + 1, end: at + 2 };
  if (code === 1) return { value: 192, end: at };
  return { value: code < 6 ? 576 << (code - 2) : 256 << (code - 8), end: at };
}

function readRate(bytes: Uint8Array, code: number, at: number): { value: number | undefined; end: number } {
  if (code === 12) return { value: uint8(bytes, at) * 1000, end: at + 1 };
  if (code === 13) return { value: uint16(bytes, at), end: at + 2 };
  if (code === 14) return { value: uint16(bytes, at) * 10, end: at + 2 };
  return { value: RATES_HZ[code], end: at };
}

function uint8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function uint16(bytes: Uint8Array, at: number): number {
  return (uint8(bytes, at) << 8) | uint8(bytes, at + 1);
}
