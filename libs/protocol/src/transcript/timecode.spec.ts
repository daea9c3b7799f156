import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timecode } from './timecode.ts';

describe('timecode', () => {
  it.each([
    [0, '00:00:00.000'],
    [999, '00:00:00.999'],
    [59_999.6, '00:01:00.000'],
    [61_234, '00:01:01.234'],
    [3_599_999.5, '01:00:00.000'],
    [86_400_000, '24:00:00.000'],
    [360_000_001, '100:00:00.001'],
  ])('writes %d ms as %s', (positionMs, text) => {
    expect(timecode(positionMs, '.')).toBe(text);
    expect(timecode(positionMs, ',')).toBe(text.replace('.', ','));
  });

  it('has sixty seconds and a thousand milliseconds nowhere, and says the position that it was given', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (positionMs) => {
        const [, hours, minutes, seconds, milliseconds] = /^(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})$/.exec(
          timecode(positionMs, '.'),
        ) ?? [NaN];
        const toldMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
        expect(Math.abs(toldMs - positionMs)).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});
