import { describe, expect, it } from '@jest/globals';
import type { GoogleResult } from './google-dialect.ts';
import { cutAt, hear, NOTHING_SAID, toRecognition, type Transcript } from './google-transcript.ts';

const SECOND_SAMPLES = 16_000;
const ENGLISH = { language: 'en', hasWordTimes: true };

/** A final whose words last half a second each, from `fromSecond` on. */
function final(text: string, fromSecond: number, confidence: number | null = 0.9): GoogleResult {
  const words = text.split(' ').map((word, index) => ({
    word,
    startSample: (fromSecond + index / 2) * SECOND_SAMPLES,
    endSample: (fromSecond + (index + 1) / 2) * SECOND_SAMPLES,
    confidence,
  }));
  const endSample = words.at(-1)?.endSample ?? 0;
  return { text, isFinal: true, endSample, confidence, words, language: 'en-US' };
}

function interim(text: string): GoogleResult {
  return { text, isFinal: false, endSample: 0, confidence: null, words: [], language: null };
}

function heard(results: readonly GoogleResult[], originSecond = 0, before: Transcript = NOTHING_SAID): Transcript {
  const originSample = originSecond * SECOND_SAMPLES;
  return hear(before, results, { originSample, sentSample: originSample + 20 * SECOND_SAMPLES });
}

describe('what Google has said', () => {
  it('joins finals and the interim results after them, which have neither times nor a confidence', () => {
    const found = toRecognition(heard([final('a small boat', 0), interim(' on the'), interim(' river')]), ENGLISH);
    expect(found).toEqual({ text: 'a small boat on the river', confidence: null, language: 'en-US' });
  });

  it('gives the words of a later stream their place in the utterance', () => {
    const found = toRecognition(heard([final('on the', 0)], 10, heard([final('a boat', 0)])), ENGLISH);
    expect(found.text).toBe('a boat on the');
    expect(found.words?.map(({ startSample }) => startSample / SECOND_SAMPLES)).toEqual([0, 0.5, 10, 10.5]);
  });

  it('weighs the confidence of each final by its words and leaves out those without', () => {
    const finals = [final('a b c', 0, 0.8), final('d', 2, 0.4), final('e f', 3, null)];
    expect(toRecognition(heard(finals), ENGLISH).confidence).toBeCloseTo((3 * 0.8 + 0.4) / 4);
  });

  it('settles the audio of a final, and of an interim result nothing', () => {
    expect(heard([interim('a boat')]).settledSample).toBe(0);
    expect(heard([final('a boat', 1)]).settledSample).toBe(2 * SECOND_SAMPLES);
  });

  it('keeps words in order and inside the audio that was sent, whatever Google rounds', () => {
    const place = { originSample: 0, sentSample: 7_900 };
    const { words } = toRecognition(hear(NOTHING_SAID, [final('boat', 0)], place), ENGLISH);
    expect(words).toMatchObject([{ startSample: 0, endSample: 7_900 }]);
  });

  it.each([
    ['ja', '今日は晴れです'],
    ['en', '今日は 晴れです'],
  ])('joins the parts of a text as %s is written', (language, text) => {
    const results = ['今日は', '晴れです'].map((part) => ({ ...final(part, 0), language: null }));
    expect(toRecognition(heard(results), { ...ENGLISH, language }).text).toBe(text);
  });

  it('says that the language is not known rather than "auto"', () => {
    expect(toRecognition(NOTHING_SAID, { ...ENGLISH, language: 'auto' }).language).toBe('und');
  });
});

describe('a stream that was cut in mid-utterance', () => {
  const place = { sentSample: 1.6 * SECOND_SAMPLES, heldFromSample: 0 };

  it('takes back the word at the cut and goes on between it and the one before', () => {
    const cut = cutAt(heard([final('small blue bow', 0)]), place);
    expect(cut).toMatchObject({ interim: 'bow', settledSample: SECOND_SAMPLES });
    expect(cut.finals).toMatchObject([{ text: 'small blue' }]);
  });

  it('takes back a final of a single word and goes on where it began', () => {
    const cut = cutAt(heard([final('bow', 1)]), place);
    expect(cut).toMatchObject({ finals: [], interim: 'bow', settledSample: 0 });
  });

  it('goes on shortly before the cut where nothing was said near it', () => {
    const cut = cutAt(heard([final('small blue', 0)]), { ...place, sentSample: 4 * SECOND_SAMPLES });
    expect(cut).toMatchObject({ finals: [{ text: 'small blue' }], settledSample: 3.5 * SECOND_SAMPLES });
  });

  it('leaves a word whose audio is gone: its final came while the stream was heard', () => {
    const whole = heard([final('small blue boat', 0)]);
    expect(cutAt(whole, { ...place, heldFromSample: whole.settledSample }).finals).toEqual(whole.finals);
  });

  it('hears all again that never became final', () => {
    const transcript = heard([final('small', 0), interim('blue bow')]);
    expect(cutAt(transcript, place)).toBe(transcript);
  });
});
