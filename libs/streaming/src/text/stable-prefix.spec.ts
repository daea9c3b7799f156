import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agree, freshPrefix, shownText } from './stable-prefix.ts';
import { keyOf, textOf, type TextUnit } from './text-units.ts';

const units = (text: string): readonly TextUnit[] =>
  text.split(' ').flatMap((word) => (word === '' ? [] : [{ text: ` ${word}`, key: keyOf(word) }]));

function show(hypotheses: readonly string[]): string {
  let prefix = freshPrefix;
  for (const hypothesis of hypotheses) prefix = agree(prefix, units(hypothesis));
  const { text, stableChars } = shownText(prefix);
  return `${text.slice(0, stableChars)}|${text.slice(stableChars)}`;
}

describe('local agreement of two', () => {
  it.each([
    { hypotheses: ['the quick'], shown: '|the quick' },
    { hypotheses: ['the quick', 'the quick brown'], shown: 'the quick| brown' },
    { hypotheses: ['the quick', 'a quick'], shown: '|a quick' },
    { hypotheses: ['The quick,', 'the quick brown'], shown: 'the quick| brown' },
    { hypotheses: ['a b', 'a b c', 'a b c d'], shown: 'a b c| d' },
  ])('calls stable what two hypotheses in a row agree on: $shown', ({ hypotheses, shown }) => {
    expect(show(hypotheses)).toBe(shown);
  });

  it.each([
    { later: 'a b x c d', shown: 'a b c| d' },
    { later: 'a x c d', shown: 'a b c| d' },
    { later: 'b c d', shown: 'a b c| d' },
    { later: 'a b', shown: 'a b c|' },
    { later: 'a b x d', shown: 'a b c| d' },
    { later: '', shown: 'a b c|' },
  ])('keeps stable words and takes only what lies behind them from: $later', ({ later, shown }) => {
    expect(show(['a b c', 'a b c', later])).toBe(shown);
  });

  it('withdraws a candidate at the first disagreement', () => {
    expect(show(['a b c', 'a x c'])).toBe('a| x c');
  });

  it('lets no more become stable than may', () => {
    const first = agree(freshPrefix, units('a wor'), 1);
    expect(shownText(agree(first, units('a wor'), 1))).toMatchObject({ text: 'a wor', stableChars: 1 });
  });

  it('only ever adds to the stable text, and only what the last two hypotheses have in common', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (hypotheses) => {
        let prefix = freshPrefix;
        for (const hypothesis of hypotheses) {
          const next = agree(prefix, units(hypothesis.join(' ')));
          const added = next.stable.slice(prefix.stable.length);
          expect(textOf(next.stable).startsWith(textOf(prefix.stable))).toBe(true);
          expect(added.map((unit) => unit.key)).toEqual(
            prefix.candidate.slice(0, added.length).map((unit) => unit.key),
          );
          expect(hypothesis.join(' ')).toContain(added.map((unit) => unit.key).join(' '));
          prefix = next;
        }
      }),
    );
  });
});
