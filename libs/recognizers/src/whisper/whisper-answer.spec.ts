import { describe, expect, it } from '@jest/globals';
import { readAnswer } from './whisper-answer.ts';

describe('the body of an answer', () => {
  it('is read in its verbose form', () => {
    const segment = { id: 0, seek: 0, start: 0, end: 1.5, text: ' Good day.', tokens: [1, 2, 3], temperature: 0 };
    const doubts = { avg_logprob: -0.2, compression_ratio: 1.1, no_speech_prob: 0.01 };
    const body = {
      task: 'transcribe',
      language: 'english',
      duration: 1.5,
      text: ' Good day.',
      segments: [{ ...segment, ...doubts }],
      words: [{ word: 'Good', start: 0, end: 0.5 }],
      usage: { type: 'duration', seconds: 2 },
    };
    expect(readAnswer(body)).toEqual({
      text: 'Good day.',
      language: 'english',
      segments: [
        {
          text: ' Good day.',
          startSeconds: 0,
          endSeconds: 1.5,
          avgLogprob: -0.2,
          noSpeechProb: 0.01,
          compressionRatio: 1.1,
        },
      ],
      words: [{ word: 'Good', startSeconds: 0, endSeconds: 0.5 }],
      tokenCount: 3,
    });
  });

  it('is read in its short form', () => {
    const usage = { type: 'tokens', output_tokens: 5 };
    expect(readAnswer({ text: 'Good day.', logprobs: [{ token: 'Good', logprob: -0.5 }], usage })).toEqual({
      text: 'Good day.',
      tokenLogprobs: [-0.5],
      tokenCount: 5,
    });
    expect(readAnswer({ text: '' })).toEqual({ text: '' });
  });

  it('may keep its words in its segments, with their probabilities', () => {
    const words = [{ word: ' Good', start: 0, end: 0.5, probability: 0.9 }];
    const { words: found } = readAnswer({ text: 'Good', segments: [{ text: ' Good', start: 0, end: 1, words }] });
    expect(found).toEqual([{ word: ' Good', startSeconds: 0, endSeconds: 0.5, probability: 0.9 }]);
  });

  it.each([[null], ['Good day.'], [{}], [{ text: 7 }], [{ text: 'so', words: [{ word: 'so' }] }], [[]]])(
    'is refused when it is %j',
    (body) => {
      expect(() => readAnswer(body)).toThrow();
    },
  );
});
