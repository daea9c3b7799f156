import { describe, expect, it } from '@jest/globals';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from './g711.ts';

const CODES = Array.from({ length: 256 }, (_, code) => code);

describe('mu-law', () => {
  it.each([
    [0x00, -32124],
    [0x01, -31100],
    [0x0f, -16764],
    [0x10, -15996],
    [0x7e, -8],
    [0x7f, 0],
    [0x80, 32124],
    [0xbf, 1980],
    [0xc0, 1884],
    [0xef, 132],
    [0xfe, 8],
    [0xff, 0],
  ])('decodes %i to the published %i', (code, sample) => {
    expect(decodeMulaw(code)).toBe(sample);
  });

  it('gives every code back, except the second zero', () => {
    for (const code of CODES) expect(encodeMulaw(decodeMulaw(code))).toBe(code === 0x7f ? 0xff : code);
  });

  it('encodes the extremes of 16 bits without wrapping', () => {
    expect([encodeMulaw(32767), encodeMulaw(-32768), encodeMulaw(0)]).toEqual([0x80, 0x00, 0xff]);
  });
});

describe('A-law', () => {
  it.each([
    [0xd5, 8],
    [0x55, -8],
    [0xd4, 24],
    [0xaa, 32256],
    [0x2a, -32256],
    [0x80, 5504],
    [0x00, -5504],
    [0xc5, 264],
  ])('decodes %i to the published %i', (code, sample) => {
    expect(decodeAlaw(code)).toBe(sample);
  });

  it('gives every code back', () => {
    for (const code of CODES) expect(encodeAlaw(decodeAlaw(code))).toBe(code);
  });

  it('encodes the extremes of 16 bits without wrapping', () => {
    expect([encodeAlaw(32767), encodeAlaw(-32768), encodeAlaw(0), encodeAlaw(-1)]).toEqual([0xaa, 0x2a, 0xd5, 0x55]);
  });
});

describe('both laws', () => {
  it.each([
    ['mu-law', (sample: number) => decodeMulaw(encodeMulaw(sample)), 4, 32],
    ['A-law', (sample: number) => decodeAlaw(encodeAlaw(sample)), 8, 32],
  ])('%s keeps every sample within half a step of its segment', (_law, roundTrip, smallest, relative) => {
    for (let sample = -32768; sample <= 32767; sample += 1) {
      const allowed = Math.max(smallest, (Math.abs(sample) + 132) / relative);
      const overload = Math.max(0, Math.abs(sample) - 32124);
      if (Math.abs(roundTrip(sample) - sample) > allowed + overload)
        throw new Error(`${sample} → ${roundTrip(sample)}`);
    }
  });
});
