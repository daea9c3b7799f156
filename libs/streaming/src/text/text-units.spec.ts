import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commonPrefixUnits, joinUnits, keyOf, textOf, unitsOf, withText, wordsOf } from './text-units.ts';

const hypothesis = (text: string, words?: readonly string[]) => ({
  text,
  confidence: null,
  language: 'en',
  ...(words && {
    words: words.map((word, index) => ({
      word,
      startSample: index * 100,
      endSample: index * 100 + 80,
      confidence: 0.5,
    })),
  }),
});

describe('withText', () => {
  it('keeps all that the recogniser said of its answer beside the words', () => {
    const answer = { ...hypothesis('a b', ['a', 'b']), tokenCount: 2, answeredBy: 'local' };
    const { confidence, language, tokenCount, answeredBy } = answer;
    expect(withText(answer, 'a', undefined)).toEqual({ text: 'a', confidence, language, tokenCount, answeredBy });
  });
});

describe('units of text', () => {
  it.each([
    { text: 'Hello, my  friend.', units: ['Hello,', ' my', '  friend.'] },
    { text: '  led by blanks', units: ['  led', ' by', ' blanks'] },
    { text: '今日は good 天気', units: ['今', '日', 'は', ' good', ' 天', '気'] },
    { text: '', units: [] },
  ])('cuts $text at its blanks, and at every character where a script has none', ({ text, units }) => {
    expect(unitsOf(hypothesis(text)).map((unit) => unit.text)).toEqual(units);
  });

  it('cuts at the words when they spell the text', () => {
    const units = unitsOf(hypothesis('今日は 天気', ['今日は', '天気']));
    expect(units.map((unit) => unit.text)).toEqual(['今日は', ' 天気']);
    expect(wordsOf(units)).toHaveLength(2);
  });

  it('lends words their times when only case and punctuation differ, and not when the words are others', () => {
    expect(wordsOf(unitsOf(hypothesis('Hello, world.', ['hello', 'world'])))).toHaveLength(2);
    expect(wordsOf(unitsOf(hypothesis('Hello, world.', ['hello', 'word'])))).toBeUndefined();
    expect(wordsOf(unitsOf(hypothesis('Hello, world.', ['hello'])))).toBeUndefined();
  });

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOf(unitsOf(hypothesis(text)))).toBe(text.trim());
      }),
    );
  });

  it('compares without case and punctuation', () => {
    expect(keyOf(' “Don’t!”')).toBe(keyOf("DON'T"));
    const [a, b] = [unitsOf(hypothesis('Well, I think')), unitsOf(hypothesis('well I thought'))];
    expect(commonPrefixUnits(a, b)).toBe(2);
  });

  it('joins with a blank where the script wants one', () => {
    const join = (head: string, tail: string) =>
      textOf(joinUnits(unitsOf(hypothesis(head)), unitsOf(hypothesis(tail))));
    expect(join('one two', 'three')).toBe('one two three');
    expect(join('今日', '天気')).toBe('今日天気');
    expect(join('', 'three')).toBe('three');
    expect(join('one', '')).toBe('one');
  });
});
