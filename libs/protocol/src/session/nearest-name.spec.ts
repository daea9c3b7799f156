import { describe, expect, it } from '@jest/globals';
import { nearestName } from './nearest-name.ts';

const NAMES = ['language', 'sample_rate', 'channels', 'end'];

describe('nearestName', () => {
  it.each([
    ['langauge', 'language'],
    ['SAMPLE_RATE', 'sample_rate'],
    ['samplerate', 'sample_rate'],
    ['chanel', 'channels'],
    ['ends', 'end'],
  ])('takes %s for %s', (name, expected) => {
    expect(nearestName(name, NAMES)).toBe(expected);
  });

  it.each(['', 'xyzzy', 'completely_different_word'])('takes %p for nothing', (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
  });

  it('knows nothing without candidates', () => {
    expect(nearestName('language', [])).toBeUndefined();
  });

  it('prefers the closest of several', () => {
    expect(nearestName('buffer_m', ['buffer_bytes', 'buffer_ms'])).toBe('buffer_ms');
  });
});
