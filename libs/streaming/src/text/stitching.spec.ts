import { describe, expect, it } from '@jest/globals';
import { seamAfter, stitch } from './stitching.ts';
import { textOf, unitsOf, wordsOf } from './text-units.ts';

const units = (text: string) => unitsOf({ text, confidence: null, language: 'en' });

function join(before: string, after: string, maxWords = 4): string {
  return textOf(stitch(units(after), seamAfter(units(before), maxWords)));
}

describe('stitching at a forced split', () => {
  it.each([
    { before: 'we went to the', after: 'to the house', rest: 'house' },
    { before: 'we went to the', after: 'To the. House', rest: 'house' },
    { before: 'we went to the', after: 'the house', rest: 'house' },
    { before: 'a b c d e', after: 'b c d e f', rest: 'f' },
    { before: 'we went to', after: 'to', rest: '' },
    { before: 'we went to the', after: 'house', rest: 'house' },
    { before: 'we went to the', after: 'a to the house', rest: 'a to the house' },
    { before: '', after: 'house', rest: 'house' },
  ])('drops what "$after" repeats of "$before"', ({ before, after, rest }) => {
    expect(join(before, after)).toBe(rest);
  });

  it('drops four words at most', () => {
    expect(join('a b c d e', 'a b c d e f')).toBe('a b c d e f');
    expect(join('a b c d e', 'a b c d e f', 5)).toBe('f');
  });

  it.each([
    { before: 'we went to the', after: 'Store and', rest: 'store and' },
    { before: 'we went home.', after: 'Then we', rest: 'Then we' },
    { before: 'did we go?”', after: 'Then we', rest: 'Then we' },
    { before: 'and then', after: 'I went', rest: 'I went' },
    { before: 'and then', after: 'I’m off', rest: 'I’m off' },
    { before: 'and then', after: 'NASA went', rest: 'NASA went' },
    { before: 'and then', after: 'A man', rest: 'a man' },
    { before: '', after: 'Then we', rest: 'Then we' },
  ])('writes "$after" after "$before" as "$rest"', ({ before, after, rest }) => {
    expect(join(before, after)).toBe(rest);
  });

  it('keeps words and text together', () => {
    const words = ['To', 'the', 'House'].map((word, index) => {
      return { word, startSample: index * 100, endSample: index * 100 + 90, confidence: 0.9 };
    });
    const after = unitsOf({ text: 'To the House', confidence: null, language: 'en', words });
    const stitched = stitch(after, seamAfter(units('we went to the'), 4));
    expect(wordsOf(stitched)).toEqual([{ word: 'house', startSample: 200, endSample: 290, confidence: 0.9 }]);
  });

  it('remembers no text', () => {
    const { tail } = seamAfter(units('a secret incomprehensibilities'), 4);
    expect(tail).toHaveLength(3);
    expect(tail.every((mark) => /^[0-9a-z]{1,7}$/.test(mark))).toBe(true);
  });
});
