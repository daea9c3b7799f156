import { describe, expect, it } from '@jest/globals';
import { wordsOf } from './token-words.ts';

const SECOND = 16_000;

describe('joining tokens to words', () => {
  it('begins a word at a token with a space and ends it where its last token ends', () => {
    const result = {
      text: 'hello world',
      tokens: [' hel', 'lo', '▁world'],
      timestamps: [0.5, 0.75, 1.5],
      durations: [0.25, 0.25, 0.5],
    };
    expect(wordsOf(result, 3 * SECOND)).toEqual([
      { word: 'hello', startSample: 0.5 * SECOND, endSample: SECOND, confidence: null },
      { word: 'world', startSample: 1.5 * SECOND, endSample: 2 * SECOND, confidence: null },
    ]);
  });

  it('gives a token without a duration 80 ms, but never past the next word or the end of the audio', () => {
    const result = { text: 'a b', tokens: ['a', ' b'], timestamps: [0, 0.04] };
    const words = wordsOf(result, 1000);
    expect(words?.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
      [0, 640],
      [640, 1000],
    ]);
  });

  it('takes a lone space for the beginning of the next word', () => {
    const result = { text: 'no so', tokens: ['no', '▁', 'so'], timestamps: [0, 1, 1.5] };
    expect(wordsOf(result, 2 * SECOND)?.map(({ word }) => word)).toEqual(['no', 'so']);
  });

  it('makes each character of a script without spaces a word', () => {
    const result = { text: '你好', tokens: ['你', '好'], timestamps: [0, 0.5] };
    expect(wordsOf(result, SECOND)?.map(({ word }) => word)).toEqual(['你', '好']);
  });

  it('invents nothing where the model does not align its output', () => {
    expect(wordsOf({ text: 'hello', tokens: [' hello'], timestamps: [] }, SECOND)).toBeUndefined();
    expect(wordsOf({ text: 'hello' }, SECOND)).toBeUndefined();
  });
});
