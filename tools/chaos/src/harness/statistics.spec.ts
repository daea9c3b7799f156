import { describe, expect, it } from '@jest/globals';
import { percentile, slope } from './statistics.ts';

describe('statistics', () => {
  it('give the value that a share of the values does not exceed', () => {
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('give the slope of a line', () => {
    expect(slope([0, 1, 2, 3].map((x) => ({ x, y: 7 - 2 * x })))).toBeCloseTo(-2);
    expect(slope([{ x: 1, y: 1 }])).toBeNaN();
  });
});
