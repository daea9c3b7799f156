import { describe, expect, it } from '@jest/globals';
import { freshSearch, searchFrame } from './quiet-place.ts';

const BOUNDS = { fromSample: 1_600, toSample: 8_000 };

function search(levelsDbfs: readonly number[]) {
  let state = freshSearch;
  for (let index = 0; index < levelsDbfs.length; index += 5) {
    state = searchFrame(state, { fromSample: index * 320, levelsDbfs: levelsDbfs.slice(index, index + 5) }, BOUNDS);
  }
  return state.best?.atSample;
}

const loud = (count: number): readonly number[] => Array.from({ length: count }, () => -20);

describe('the search for the quietest 60 ms', () => {
  it('finds the middle of the quiet place, across frames too', () => {
    expect(search([...loud(13), -50, -50, -50, ...loud(9)])).toBe(13 * 320 + 480);
  });

  it('is not led astray by a single quiet level', () => {
    expect(search([...loud(7), -50, ...loud(4), -35, -35, -35, ...loud(10)])).toBe(12 * 320 + 480);
  });

  it('looks only inside its bounds', () => {
    const levels = [-90, -90, -90, -90, -90, ...loud(7), -30, -30, -30, ...loud(10), -90, -90, -90, -90, -90];
    expect(search(levels)).toBe(12 * 320 + 480);
  });

  it('takes the latest of equally quiet places, digital silence included', () => {
    expect(search(loud(25))).toBe(8_000 - 480);
    expect(search(Array.from({ length: 25 }, () => -Infinity))).toBe(8_000 - 480);
  });

  it('finds nothing where no levels are', () => {
    expect(search([])).toBeUndefined();
  });
});
