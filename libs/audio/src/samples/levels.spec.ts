import { describe, expect, it } from '@jest/globals';
import { levelsDbfs } from './levels.ts';

describe('levelsDbfs', () => {
  it('measures known signals', () => {
    const square = Float32Array.from({ length: 320 }, (_, index) => (index % 2 === 0 ? 1 : -1));
    const sine = Float32Array.from({ length: 320 }, (_, index) => Math.sin((2 * Math.PI * index) / 32));
    expect(levelsDbfs(square)[0]).toBeCloseTo(0, 6);
    expect(levelsDbfs(sine)[0]).toBeCloseTo(-3.01, 2);
    expect(levelsDbfs(sine.map((sample) => sample / 10))[0]).toBeCloseTo(-23.01, 2);
  });

  it('reports silence as a finite number', () => {
    expect(levelsDbfs(new Float32Array(320))).toEqual([-100]);
  });

  it('gives one number per bin and one for the rest', () => {
    expect(levelsDbfs(new Float32Array(1000), 400)).toHaveLength(3);
    expect(levelsDbfs(new Float32Array(0))).toEqual([]);
  });
});
