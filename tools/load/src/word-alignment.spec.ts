import { describe, expect, it } from '@jest/globals';
import { alignWords, comparableWords } from './word-alignment.ts';

describe('comparableWords', () => {
  it.each([
    ['Tell me, more!', ['tell', 'me', 'more']],
    ["It's the “Gutenberg”, isn’t it?", ["it's", 'the', 'gutenberg', "isn't", 'it']],
    ['forty-two lines', ['forty', 'two', 'lines']],
    ['', []],
  ])('reads %j as %j', (text, words) => {
    expect(comparableWords(text)).toEqual(words);
  });
});

describe('alignWords', () => {
  it.each([
    ['a b c', 'a b c', 0, [0, 1, 2]],
    ['a b c', 'a x c', 1, [0, undefined, 2]],
    ['a c', 'a b c', 1, [0, 2]],
    ['a b c', 'b c', 1, [undefined, 0, 1]],
    ['', 'a b', 2, []],
  ])('aligns %j with %j at distance %d', (from, to, distance, matches) => {
    expect(alignWords(from.split(' ').filter(Boolean), to.split(' ').filter(Boolean))).toEqual({ distance, matches });
  });
});
