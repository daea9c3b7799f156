import { describe, expect, it } from '@jest/globals';
import { toRecognition, type AnswerContext } from './to-recognition.ts';
import type { AnswerWord, WhisperAnswer } from './whisper-answer.ts';

const context: AnswerContext = {
  language: 'auto',
  served: ['en', 'fr', 'no', 'nb'],
  totalSamples: 32_000,
  hasWordTimes: true,
  hasConfidence: true,
};

function words(...spans: readonly [word: string, start: number, end: number][]): AnswerWord[] {
  return spans.map(([word, startSeconds, endSeconds]) => ({ word, startSeconds, endSeconds }));
}

describe('the words of an answer', () => {
  it('lie in the audio, in order, none ending before it begins', () => {
    const answer = { text: 'a b c d', words: words(['a', -0.2, 0.5], ['b', 0.9, 0.7], ['c', 0.8, 1], ['d', 1.9, 2.4]) };
    const found = toRecognition(answer, context).words?.map(({ startSample, endSample }) => [startSample, endSample]);
    expect(found).toEqual([
      [0, 8_000],
      [14_400, 14_400],
      [14_400, 16_000],
      [30_400, 32_000],
    ]);
  });

  it.each([
    ['punctuation that Whisper leaves out', '“Well, stop!” he said…', ['Well', 'stop', 'he', 'said']],
    ['another case', 'The Hague', ['the', 'hague']],
    ['blanks around them', 'The Hague.', [' The', ' Hague.']],
    ['a script without blanks', '你好。再见。', ['你好', '再见']],
  ])('spell the text, with %s', (_, text, said) => {
    const answer = {
      text,
      words: words(...said.map((word, at): [string, number, number] => [word, at / 10, at / 10])),
    };
    const found = toRecognition(answer, context).words ?? [];
    const joined = found.map(({ word }) => word).join(text.includes(' ') ? ' ' : '');
    expect(joined).toBe(text);
    expect(found).toHaveLength(said.length);
  });

  it('stay as they are where the text holds others', () => {
    const answer = { text: 'It costs $5.', words: words(['It', 0, 0.1], ['costs', 0.1, 0.2], ['five', 0.2, 0.3]) };
    expect(toRecognition(answer, context).words?.map(({ word }) => word)).toEqual(['It', 'costs', 'five']);
  });

  it('are left out where they are not promised, empty ones always', () => {
    const answer = { text: 'so', words: words(['', 0, 0], ['so', 0, 0.1]) };
    expect(toRecognition(answer, context).words).toHaveLength(1);
    expect(toRecognition(answer, { ...context, hasWordTimes: false })).not.toHaveProperty('words');
  });
});

describe('the confidence of an answer', () => {
  const segment = { text: 'so', startSeconds: 0, endSeconds: 1 };

  it.each<[why: string, answer: Partial<WhisperAnswer>, expected: number | null]>([
    ['nothing to go by', {}, null],
    ['a sure segment', { segments: [{ ...segment, avgLogprob: 0, noSpeechProb: 0 }] }, 1],
    ['a doubt that anybody spoke', { segments: [{ ...segment, avgLogprob: 0, noSpeechProb: 0.25 }] }, 0.75],
    ['a log-probability above 0', { segments: [{ ...segment, avgLogprob: 0.5 }] }, 1],
    [
      'segments of different length',
      {
        segments: [
          { ...segment, avgLogprob: 0 },
          { ...segment, startSeconds: 1, endSeconds: 4, avgLogprob: Math.log(0.5) },
        ],
      },
      0.625,
    ],
    ['segments without a length', { segments: [{ ...segment, endSeconds: 0, avgLogprob: Math.log(0.5) }] }, 0.5],
    ['tokens alone', { tokenLogprobs: [Math.log(0.9), Math.log(0.4)] }, 0.6],
  ])('goes by %s', (_, answer, expected) => {
    const { confidence } = toRecognition({ text: 'so', ...answer }, context);
    if (expected === null) expect(confidence).toBeNull();
    else expect(confidence).toBeCloseTo(expected, 6);
  });

  it('is never given where it is not promised', () => {
    const answer = {
      text: 'so',
      tokenLogprobs: [0],
      words: [{ word: 'so', startSeconds: 0, endSeconds: 0.1, probability: 0.8 }],
    };
    expect(toRecognition(answer, context)).toMatchObject({ confidence: 1, words: [{ confidence: 0.8 }] });
    const found = toRecognition(answer, { ...context, hasConfidence: false });
    expect(found).toMatchObject({ confidence: null, words: [{ confidence: null }] });
  });
});

describe('the language of an answer', () => {
  it.each([
    ['english', 'en'],
    ['English', 'en'],
    ['haitian creole', 'ht'],
    ['castilian', 'es'],
    ['fr', 'fr'],
    ['jw', 'jv'],
    ['yue', 'yue'],
    ['klingon', 'und'],
    [undefined, 'und'],
  ])('named %s is %s', (language, expected) => {
    expect(toRecognition({ text: 'so', ...(language && { language }) }, context).language).toBe(expected);
  });

  it.each([
    ['en-GB', 'english', 'en-GB'],
    ['nb', 'norwegian', 'nb'],
    ['fr', 'german', 'de'],
    ['fr-CA', undefined, 'fr-CA'],
  ])('asked for as %s and named %s is %s', (asked, named, expected) => {
    const answer = { text: 'so', ...(named && { language: named }) };
    expect(toRecognition(answer, { ...context, language: asked }).language).toBe(expected);
  });

  it("is the server's only one, where nothing else is known", () => {
    expect(toRecognition({ text: 'so' }, { ...context, served: ['fr'] }).language).toBe('fr');
  });
});
