import { describe, expect, it } from '@jest/globals';
import { audioBounds, bytesPerSecondOf } from './audio-bounds.ts';

describe('bytesPerSecondOf', () => {
  it.each([
    [{}, 32_000],
    [{ sample_rate: 48_000, channels: 2, encoding: 'pcm_f32le' }, 384_000],
    [{ sample_rate: 8_000, encoding: 'mulaw' }, 8_000],
    [{ encoding: 'opus' }, 64_000],
    [{ encoding: 'container' }, 384_000],
  ] as const)('of %j is %i', (config, expected) => {
    expect(bytesPerSecondOf(config)).toBe(expected);
  });
});

describe('audioBounds', () => {
  it('are 30 s of 16 kHz speech in bytes', () => {
    expect(audioBounds({}, { keepMs: 30_000, mostUnacknowledgedMs: 1_500 })).toEqual({
      keepBytes: 960_000,
      mostUnacknowledgedBytes: 48_000,
    });
  });
});
