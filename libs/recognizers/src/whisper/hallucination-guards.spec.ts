import { describe, expect, it } from '@jest/globals';
import {
  isRepetitive,
  isWorthAsking,
  loudestDbfs,
  withoutPromptEcho,
  withoutUnspoken,
} from './hallucination-guards.ts';
import type { AnswerSegment } from './whisper-answer.ts';

function tone(seconds: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: seconds * 16_000 }, (_, at) => amplitude * Math.sin(at / 10));
}

function segment(text: string, doubts: Partial<AnswerSegment> = {}): AnswerSegment {
  return { text, startSeconds: 0, endSeconds: 1, avgLogprob: -0.2, noSpeechProb: 0.01, compressionRatio: 1, ...doubts };
}

describe('audio that is worth a request', () => {
  it.each([
    ['nothing', new Float32Array(0), false],
    ['less than 0.1 s', tone(0.09, 0.5), false],
    ['silence', new Float32Array(32_000), false],
    ['the noise of a converter', tone(2, 0.0004), false],
    ['a whisper', tone(2, 0.002), true],
    ['speech', tone(2, 0.2), true],
    ['a word in silence', Float32Array.from([...new Float32Array(16_000), ...tone(0.1, 0.1)]), true],
  ])('is: %s → %s', (_, samples, expected) => {
    expect(isWorthAsking(samples)).toBe(expected);
  });

  it('is judged by its loudest 20 ms', () => {
    expect(loudestDbfs(tone(1, 1))).toBeCloseTo(-3, 0);
    expect(loudestDbfs(new Float32Array(0))).toBe(-100);
  });
});

describe('a segment over silence', () => {
  it.each<[Partial<AnswerSegment>, kept: boolean]>([
    [{ noSpeechProb: 0.9, avgLogprob: -1.4 }, false],
    [{ noSpeechProb: 0.9, avgLogprob: -0.3 }, true],
    [{ noSpeechProb: 0.4, avgLogprob: -1.4 }, true],
    [{}, true],
  ])('with %j is kept: %s', (doubts, isKept) => {
    const answer = { text: 'Thanks for watching!', segments: [segment(' Thanks for watching!', doubts)] };
    expect(withoutUnspoken(answer).text).toBe(isKept ? 'Thanks for watching!' : '');
  });

  it('takes its own words along and leaves the others', () => {
    const answer = {
      text: 'Good morning. Thank you.',
      segments: [
        segment(' Good morning.'),
        segment(' Thank you.', { startSeconds: 1, endSeconds: 3, noSpeechProb: 0.8, avgLogprob: -1.2 }),
      ],
      words: [
        { word: 'Good', startSeconds: 0.1, endSeconds: 0.3 },
        { word: 'morning', startSeconds: 0.3, endSeconds: 0.9 },
        { word: 'Thank', startSeconds: 1.2, endSeconds: 2 },
        { word: 'you', startSeconds: 2, endSeconds: 2.9 },
      ],
    };
    const { text, words, segments } = withoutUnspoken(answer);
    expect({ text, words: words?.map(({ word }) => word), segments: segments?.length }).toEqual({
      text: 'Good morning.',
      words: ['Good', 'morning'],
      segments: 1,
    });
  });

  it('changes nothing where the server says nothing about it', () => {
    const answer = { text: 'Good morning.' };
    expect(withoutUnspoken(answer)).toBe(answer);
  });
});

it('finds a loop by how well it packs', () => {
  expect(isRepetitive({ text: 'so', segments: [segment('so', { compressionRatio: 2.5 })] })).toBe(true);
  expect(isRepetitive({ text: 'so', segments: [segment('so', { compressionRatio: 2.4 })] })).toBe(false);
  expect(isRepetitive({ text: 'so so so so so so so so' })).toBe(false);
});

describe('an answer that repeats the prompt', () => {
  const prompt = 'We met at noon. The meeting is over.';

  const heard = (noSpeechProb: number): AnswerSegment[] => [segment('', { noSpeechProb })];

  it.each([
    { why: 'over what is hardly speech', text: 'The meeting is over.', segments: heard(0.5), isKept: false },
    { why: 'in other case and punctuation', text: 'the meeting is over', segments: heard(0.5), isKept: false },
    { why: 'and is clearly heard', text: 'The meeting is over.', segments: heard(0.02), isKept: true },
    { why: 'from a server without doubts, in near silence', text: 'The meeting is over.', level: -60, isKept: false },
    { why: 'from a server without doubts, spoken aloud', text: 'The meeting is over.', isKept: true },
    { why: 'in one short word', text: 'Over.', segments: heard(0.5), level: -60, isKept: true },
    { why: 'and goes on', text: 'The meeting is over now.', segments: heard(0.5), level: -60, isKept: true },
  ])('$why: is kept $isKept', ({ text, segments, level = -20, isKept }) => {
    const answer = { text, language: 'english', ...(segments && { segments }) };
    const found = withoutPromptEcho(answer, { prompt, loudestDbfs: level });
    expect(found).toEqual(isKept ? answer : { text: '', language: 'english' });
  });
});
