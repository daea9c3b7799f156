import { describe, expect, it } from '@jest/globals';
import { LEAST_USUAL_ANSWERS, noteAnswer, unknownUsualTime, USUAL_WINDOW_MS, usualMs } from './usual-time.ts';

function after(tooksMs: readonly number[], atMs = 0) {
  return tooksMs.reduce((usual, tookMs) => noteAnswer(usual, { atMs, tookMs }), unknownUsualTime);
}

describe('how long a provider usually takes', () => {
  it('is unknown until ten answers have come', () => {
    expect(usualMs(after(Array<number>(LEAST_USUAL_ANSWERS - 1).fill(300)), 0)).toBeUndefined();
    expect(usualMs(after(Array<number>(LEAST_USUAL_ANSWERS).fill(300)), 0)).toBe(300);
  });

  it('is what nineteen of twenty stay below, in whatever order they came', () => {
    const tooksMs = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(usualMs(after(tooksMs), 0)).toBe(95);
  });

  it('forgets what is minutes old, and what many answers have followed', () => {
    const slow = after(Array<number>(50).fill(5000));
    expect(usualMs(slow, USUAL_WINDOW_MS - 1)).toBe(5000);
    expect(usualMs(slow, USUAL_WINDOW_MS)).toBeUndefined();
    const mended = Array<number>(120).fill(200);
    expect(
      usualMs(
        mended.reduce((usual, tookMs) => noteAnswer(usual, { atMs: 1, tookMs }), slow),
        1,
      ),
    ).toBe(200);
  });
});
