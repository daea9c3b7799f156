import { describe, expect, it } from '@jest/globals';
import { openRangeResampler } from './range-resampler.ts';
import { resample } from './resample.ts';

function tone(hz: number, sampleRateHz: number, seconds = 1): Float32Array {
  return Float32Array.from({ length: seconds * sampleRateHz }, (_, index) =>
    Math.sin((2 * Math.PI * hz * index) / sampleRateHz),
  );
}

/** The middle of a recording, away from where silence begins and ends. */
function steady(samples: Float32Array): Float32Array {
  return samples.subarray(samples.length * 0.1, samples.length * 0.9);
}

function levelDb(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  expect(one).toHaveLength(other.length);
  return one.reduce((largest, sample, index) => Math.max(largest, Math.abs(sample - (other[index] as number))), 0);
}

describe('resample', () => {
  it.each([48_000, 44_100, 32_000, 24_000, 22_050, 11_025, 8_000, 47_999])(
    'puts a 1 kHz tone of %i Hz at the same level and the same instants',
    async (fromHz) => {
      const converted = await resample(tone(1000, fromHz), fromHz, 16_000);
      const wanted = tone(1000, 16_000);
      expect(Math.abs(levelDb(steady(converted)) - levelDb(steady(wanted)))).toBeLessThan(0.1);
      expect(largestDifference(steady(converted), steady(wanted))).toBeLessThan(0.001);
    },
  );

  it('is flat up to 7 kHz', async () => {
    for (const hz of [100, 3000, 5000, 7000]) {
      const converted = await resample(tone(hz, 48_000), 48_000, 16_000);
      expect(Math.abs(levelDb(steady(converted)) + 3.01)).toBeLessThan(0.1);
    }
  });

  it('does not fold a 10 kHz tone of 48 kHz back into the speech band', async () => {
    const converted = await resample(tone(10_000, 48_000), 48_000, 16_000);
    expect(levelDb(steady(converted))).toBeLessThan(-90);
  });

  it('leaves no mirror image of a 3 kHz tone of 8 kHz at 5 kHz', async () => {
    const converted = steady(await resample(tone(3000, 8000), 8000, 16_000));
    const wanted = steady(tone(3000, 16_000));
    expect(levelDb(converted.map((sample, index) => sample - (wanted[index] as number)))).toBeLessThan(-60);
  });

  it.each([
    [48_000, 16_000, 12_345],
    [44_100, 16_000, 200_001],
    [8_000, 16_000, 1],
    [16_000, 44_100, 5_000],
    [16_000, 16_000, 77],
    [48_000, 16_000, 0],
  ])('from %i to %i Hz makes the right number of samples of %i', async (fromHz, toHz, length) => {
    expect(await resample(new Float32Array(length), fromHz, toHz)).toHaveLength(Math.round((length * toHz) / fromHz));
  });

  it('has no seam where its blocks meet', async () => {
    const converted = await resample(tone(1000, 44_100, 10), 44_100, 16_000);
    expect(largestDifference(steady(converted), steady(tone(1000, 16_000, 10)))).toBeLessThan(0.001);
  });
});

describe('openRangeResampler', () => {
  it('computes a range from its surroundings as it would from the whole', async () => {
    const resampler = await openRangeResampler(44_100, 16_000);
    const { inputPeriod, outputPeriod, marginSamples } = resampler;
    const input = tone(300, 44_100);
    const whole = resampler.render(input, 0, 16_000);
    const first = inputPeriod * 10;
    const part = resampler.render(input.subarray(first, first + 8820 + marginSamples), outputPeriod * 2, 1600);
    expect(largestDifference(part, whole.subarray(outputPeriod * 12, outputPeriod * 12 + 1600))).toBe(0);
  });

  it('goes on working when more conversions are in use than are kept ready', async () => {
    const rates = Array.from({ length: 40 }, (_, index) => 8_001 + index);
    const resamplers = await Promise.all(rates.map((rate) => openRangeResampler(rate, 16_000)));
    const input = Float32Array.from({ length: 2_000 }, () => 0.5);
    for (const resampler of [...resamplers, ...resamplers]) {
      expect(resampler.render(input, 1000, 100)[50]).toBeCloseTo(0.5, 3);
    }
  });

  it('refuses a rate that is none', async () => {
    const resampler = openRangeResampler(0, 16_000).then((opened) => opened.render(new Float32Array(10), 0, 10));
    await expect(resampler).rejects.toThrow('no conversion from 0 to 16000 Hz');
  });
});
