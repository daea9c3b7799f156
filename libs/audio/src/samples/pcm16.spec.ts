import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromPcm16, toInterleavedPcm16, toPcm16 } from './pcm16.ts';

describe('pcm16', () => {
  it('gives every 16-bit value back exactly', () => {
    const all = new Uint8Array(new Int16Array(Array.from({ length: 65_536 }, (_, index) => index - 32_768)).buffer);
    expect(toPcm16(fromPcm16(all))).toEqual(all);
  });

  it('clamps what is louder than full scale', () => {
    expect([...toPcm16(Float32Array.of(1, 2, -1, -3, 0))]).toEqual([255, 127, 255, 127, 0, 128, 0, 128, 0, 0]);
  });

  it('keeps two channels apart, from any byte offset', () => {
    const samples = fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(samples, (left) => {
        const right = left.map((sample) => -sample / 2);
        const bytes = toInterleavedPcm16([left, right]);
        const shifted = new Uint8Array(bytes.length + 1);
        shifted.set(bytes, 1);
        expect(toPcm16(fromPcm16(shifted.subarray(1), 0, 2))).toEqual(toPcm16(left));
        expect(toPcm16(fromPcm16(shifted.subarray(1), 1, 2))).toEqual(toPcm16(right));
      }),
    );
  });

  it('leaves out an incomplete frame', () => {
    expect(fromPcm16(new Uint8Array(7), 0, 2)).toHaveLength(1);
  });
});
