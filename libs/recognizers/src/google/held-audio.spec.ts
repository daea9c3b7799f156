import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHeldAudio } from './held-audio.ts';

const FULL_SCALE = 32_768;

function bytesOf(samples: readonly number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(samples).buffer);
}

describe('held audio', () => {
  it('gives back 16-bit samples as they were, wherever it was cut', () => {
    const s16 = fc.integer({ min: -FULL_SCALE, max: FULL_SCALE - 1 });
    const pieces = fc.array(fc.array(s16, { maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, fc.nat(200), fc.nat(200), (given, first, second) => {
        const held = createHeldAudio();
        for (const piece of given) held.append(Float32Array.from(piece, (sample) => sample / FULL_SCALE));
        const all = given.flat();
        const [from, to] = [first, second].map((at) => Math.min(at, all.length)).sort((a, b) => a - b);
        held.dropBefore(from ?? 0);
        expect(held.fromSample).toBe(from);
        expect(held.endSample).toBe(all.length);
        expect(held.read(from ?? 0, to ?? 0)).toEqual(bytesOf(all.slice(from, to)));
      }),
    );
  });

  it('keeps what is louder than full scale at full scale', () => {
    const held = createHeldAudio();
    held.append(Float32Array.from([1, 1.5, -1.5]));
    expect(held.read(0, 3)).toEqual(bytesOf([32_767, 32_767, -32_768]));
  });

  it('never takes back what it let go of', () => {
    const held = createHeldAudio();
    held.append(new Float32Array(10));
    held.dropBefore(6);
    held.dropBefore(2);
    expect(held.fromSample).toBe(6);
    expect(() => held.read(5, 8)).toThrow('no longer held');
  });
});
