import { describe, expect, it } from '@jest/globals';
import { cutAtLoop } from './loop-detection.ts';
import { textOf, unitsOf } from './text-units.ts';

function cut(text: string): string | undefined {
  const units = cutAtLoop(unitsOf({ text, confidence: null, language: 'en' }));
  return units && textOf(units);
}

const times = (count: number, text: string, separator = ' ') =>
  Array.from({ length: count }, () => text).join(separator);

describe('a repetition loop', () => {
  it.each([
    { what: 'a word 5 times', text: `well ${times(5, 'no')}`, rest: 'well no' },
    { what: 'a word in other clothes', text: 'No, no. NO! no no', rest: 'No,' },
    { what: 'a pair 4 times', text: `I ${times(4, 'think so')} then`, rest: 'I think so' },
    { what: 'a run of three 3 times', text: times(3, 'on the way'), rest: 'on the way' },
    { what: 'a long run 3 times', text: times(3, 'a b c d e f g h i j k l'), rest: 'a b c d e f g h i j k l' },
    { what: 'a string 8 times', text: `so ${times(8, 'ha', '')} he`, rest: 'so ha' },
  ])('is $what', ({ text, rest }) => {
    expect(cut(text)).toBe(rest);
  });

  it.each([
    { text: times(4, 'no') },
    { text: times(3, 'think so') },
    { text: times(2, 'on the way') },
    { text: times(7, 'ha', '') },
    { text: 'one, two, three, four, five' },
    { text: '- - - - - - -' },
    { text: '' },
  ])('is not: $text', ({ text }) => {
    expect(cut(text)).toBeUndefined();
  });

  it('is cut where the first of two begins', () => {
    expect(cut(`a ${times(5, 'b')} c ${times(5, 'd')}`)).toBe('a b');
  });
});
