import { describe, expect, it } from '@jest/globals';
import type { ClosedUtterance } from '../segmenting/utterance.ts';
import { firstTry, judge, nextTry, withoutLoop, type DecodeTry } from './guards.ts';

const answer = (text: string, tokenCount?: number) => ({
  text,
  confidence: null,
  language: 'en',
  ...(tokenCount !== undefined && { tokenCount }),
});

describe('the judgement on an answer', () => {
  const range = { lengthSamples: 32_000, speechSamples: 20_000, tokensPerSecondLimit: 6 };

  it.each([
    { what: 'words', hypothesis: answer('hello there'), verdict: 'sound' },
    { what: 'a loop', hypothesis: answer('no no no no no'), verdict: 'looping' },
    { what: 'nothing for 1.25 s of speech', hypothesis: answer(' '), verdict: 'empty' },
    {
      what: '13 tokens for 2 s and the padding (limit 14)',
      hypothesis: answer('hello', 13),
      verdict: 'at_token_limit',
    },
    { what: '12 tokens for as much', hypothesis: answer('hello', 12), verdict: 'sound' },
  ])('on $what is: $verdict', ({ hypothesis, verdict }) => {
    expect(judge(hypothesis, range)).toBe(verdict);
  });

  it.each([
    { what: 'an empty answer to 0.45 s of speech', hypothesis: answer(''), more: { speechSamples: 7_200 } },
    { what: 'the token limit in more than 2.5 s', hypothesis: answer('hello', 99), more: { lengthSamples: 40_001 } },
    { what: 'many tokens without a limit', hypothesis: answer('hello', 99), more: { tokensPerSecondLimit: 0 } },
  ])('lets pass $what', ({ hypothesis, more }) => {
    expect(judge(hypothesis, { ...range, ...more })).toBe('sound');
  });
});

describe('the next try', () => {
  const closed = (leadSamples: number, lengthSamples = 32_000): ClosedUtterance => ({
    segmentId: 0,
    fromSample: 10_000,
    toSample: 10_000 + lengthSamples,
    decodeFromSample: 10_000,
    decodeToSample: 10_000 + lengthSamples,
    isContinuation: false,
    isUtteranceEnd: true,
    speechFromSample: 10_000 + leadSamples,
    speechSamples: 20_000,
    boundary: {
      decidedSample: 50_000,
      flushesAtDecided: 0,
      nextSegmentId: 1,
      settledSample: 42_000,
      open: undefined,
      isEnd: false,
    },
  });

  const cutsOf = (tried: DecodeTry | undefined): readonly number[] | undefined =>
    tried && [tried.fromSample - 10_000, 42_000 - tried.toSample];

  it.each([
    { where: 'a head of 0.2 s', leadSamples: 3_200, first: [1_600, 0], second: [4_000, 0] },
    { where: 'a head of 0.1 s', leadSamples: 1_600, first: [1_600, 0], second: [0, 1_600] },
    { where: 'no silent head', leadSamples: 0, first: [0, 1_600], second: [1_600, 0] },
  ])('cuts where silence stands: $where', ({ leadSamples, first, second }) => {
    const utterance = closed(leadSamples);
    const tries = [firstTry(utterance), nextTry(utterance, 1, 'looping'), nextTry(utterance, 2, 'looping')];
    expect(tries.map(cutsOf)).toEqual([[0, 0], first, second]);
    expect(nextTry(utterance, 3, 'looping')).toBeUndefined();
  });

  it('leaves the padding away when nothing was heard, and cuts only then', () => {
    const utterance = closed(3_200);
    expect(nextTry(utterance, 1, 'empty')).toEqual({ fromSample: 10_000, toSample: 42_000, isPadded: false });
    expect(cutsOf(nextTry(utterance, 2, 'empty'))).toEqual([1_600, 0]);
    expect(nextTry(utterance, 3, 'empty')).toBeUndefined();
  });

  it('is not made with less than 0.1 s of audio', () => {
    expect(nextTry(closed(3_200, 3_100), 1, 'looping')).toBeUndefined();
  });
});

describe('a loop that stays', () => {
  it('is cut, with its words', () => {
    const words = ['so', 'no', 'no', 'no', 'no', 'no'].map((word, index) => {
      return { word, startSample: index, endSample: index + 1, confidence: 0.5 };
    });
    const cut = withoutLoop({ ...answer('so no no no no no', 30), words });
    expect(cut.text).toBe('so no');
    expect(cut.words).toEqual(words.slice(0, 2));
  });
});
