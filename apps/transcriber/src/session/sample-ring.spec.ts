import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSampleRing } from './sample-ring.ts';

/** Interleaved s16le in which channel c of sample n reads 2n + c. */
function pcm(fromSample: number, toSample: number, channels = 1): Buffer {
  const buffer = Buffer.alloc((toSample - fromSample) * channels * 2);
  for (let sample = fromSample; sample < toSample; sample += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const value = (2 * sample + channel) % 30_000;
      buffer.writeInt16LE(value, ((sample - fromSample) * channels + channel) * 2);
    }
  }
  return buffer;
}

function numbers(samples: Float32Array): number[] {
  return Array.from(samples, (sample) => Math.round(sample * 32_768));
}

describe('the ring of samples', () => {
  it('takes its channel out of interleaved audio', () => {
    const ring = createSampleRing(0);
    ring.append({ pcm: pcm(0, 4, 2), endSample: 4, channels: 2, channel: 1 });
    expect(numbers(ring.copy({ fromSample: 0, toSample: 4 }))).toEqual([1, 3, 5, 7]);
  });

  it('skips what it has, and what lies before its start', () => {
    const ring = createSampleRing(3);
    ring.append({ pcm: pcm(0, 2), endSample: 2, channels: 1, channel: 0 });
    expect(ring.endSample).toBe(3);
    ring.append({ pcm: pcm(2, 6), endSample: 6, channels: 1, channel: 0 });
    ring.append({ pcm: pcm(2, 6), endSample: 6, channels: 1, channel: 0 });
    expect(numbers(ring.copy({ fromSample: 3, toSample: 6 }))).toEqual([6, 8, 10]);
  });

  it('puts silence around a copy', () => {
    const ring = createSampleRing(0);
    ring.append({ pcm: pcm(1, 3), endSample: 2, channels: 1, channel: 0 });
    const copy = ring.copy({ fromSample: 0, toSample: 2, padHeadSamples: 2, padTailSamples: 1 });
    expect(numbers(copy)).toEqual([0, 0, 2, 4, 0]);
  });

  it('refuses audio with a hole before it, and audio that it does not hold', () => {
    const ring = createSampleRing(0);
    expect(() => ring.append({ pcm: pcm(1, 3), endSample: 3, channels: 1, channel: 0 })).toThrow(RangeError);
    ring.append({ pcm: pcm(0, 10), endSample: 10, channels: 1, channel: 0 });
    ring.discardBefore(5);
    expect(() => ring.copy({ fromSample: 4, toSample: 6 })).toThrow(RangeError);
    expect(() => ring.copy({ fromSample: 5, toSample: 11 })).toThrow(RangeError);
  });

  it('holds exactly what was appended and not discarded, however it grows and moves', () => {
    const pieces = fc.array(fc.record({ length: fc.integer({ min: 1, max: 20_000 }), keep: fc.nat(40_000) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(pieces, (steps) => {
        const ring = createSampleRing(0);
        let end = 0;
        for (const { length, keep } of steps) {
          ring.append({ pcm: pcm(end, end + length), endSample: end + length, channels: 1, channel: 0 });
          end += length;
          ring.discardBefore(end - keep);
        }
        const { startSample, endSample } = ring;
        const held = numbers(ring.copy({ fromSample: startSample, toSample: endSample }));
        const expected = Array.from(
          { length: endSample - startSample },
          (_, index) => (2 * (startSample + index)) % 30_000,
        );
        expect(endSample).toBe(end);
        expect(held).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});
