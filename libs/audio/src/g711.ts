/** G.711, both laws, as ITU-T G.191 computes them. Units: a code is one byte, a sample 16-bit signed. */

const CODES = 256;

/** Added to the magnitude so that every segment of the mu-law curve begins at a power of two. */
const MULAW_BIAS = 0x84;

/** Largest biased mu-law magnitude. Units: 14-bit steps, as the encoder works in. */
const MULAW_LARGEST = 0x1fff;

/** Every other bit of an A-law code is inverted on the line. */
const ALAW_INVERTED_BITS = 0x55;

function mulawSample(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 7;
  const magnitude = ((((bits & 15) << 3) + MULAW_BIAS) << segment) - MULAW_BIAS;
  return (bits & 0x80) === 0 || magnitude === 0 ? magnitude : -magnitude;
}

function alawSample(code: number): number {
  const bits = code ^ ALAW_INVERTED_BITS;
  const segment = (bits >> 4) & 7;
  const step = (bits & 15) << 4;
  const magnitude = segment === 0 ? step + 8 : (step + 0x108) << (segment - 1);
  return (bits & 0x80) === 0 ? -magnitude : magnitude;
}

const MULAW_SAMPLES = Int16Array.from({ length: CODES }, (_, code) => mulawSample(code));
const ALAW_SAMPLES = Int16Array.from({ length: CODES }, (_, code) => alawSample(code));

/** The 16-bit sample of a mu-law code. Shape: `decodeMulaw(0x00)` is −32124, `decodeMulaw(0xff)` is 0. */
export function decodeMulaw(code: number): number {
  return MULAW_SAMPLES[code & 0xff] as number;
}

/** The 16-bit sample of an A-law code. Shape: `decodeAlaw(0xd5)` is 8, `decodeAlaw(0x55)` is −8; there is no zero. */
export function decodeAlaw(code: number): number {
  return ALAW_SAMPLES[code & 0xff] as number;
}

/** The mu-law code of a 16-bit sample. */
export function encodeMulaw(sample: number): number {
  const magnitude = Math.min(((sample < 0 ? ~sample : sample) >> 2) + 33, MULAW_LARGEST);
  const segment = 32 - Math.clz32(magnitude >> 6) + 1;
  const code = ((8 - segment) << 4) | (15 - ((magnitude >> segment) & 15));
  return sample < 0 ? code : code | 0x80;
}

/** The A-law code of a 16-bit sample. */
export function encodeAlaw(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const segment = Math.max(0, 32 - Math.clz32(magnitude >> 4));
  const step = segment === 0 ? magnitude : (magnitude >> (segment - 1)) & 15;
  const code = (segment << 4) | step;
  return (sample < 0 ? code : code | 0x80) ^ ALAW_INVERTED_BITS;
}
