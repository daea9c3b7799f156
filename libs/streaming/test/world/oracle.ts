import type { Hypothesis } from '../../src/index.ts';
import { firstWordAfter, type SpokenWord, type Timeline } from './timeline.ts';

export interface OracleOptions {
  readonly hasWordTimes?: boolean;
  /** Writes every answer as a sentence: capital at the head, full stop at the end. */
  readonly isPunctuated?: boolean;
  /** Mishears words that the range cuts. */
  readonly mishearsCutWords?: boolean;
  /** Answers some ranges with a loop or with nothing, always the same ones. */
  readonly failsSometimes?: boolean;
}

/** A recogniser that knows what was said: the words whose middle lies in the range. */
export function createOracle(timeline: Timeline, options: OracleOptions = {}) {
  const isCut = (word: SpokenWord, fromSample: number, toSample: number): boolean =>
    word.startSample < fromSample || word.endSample > toSample;

  return function decode(fromSample: number, toSample: number): Hypothesis {
    const found: SpokenWord[] = [];
    for (let index = firstWordAfter(timeline.words, fromSample); index < timeline.words.length; index += 1) {
      const word = timeline.words[index];
      if (word === undefined || word.startSample >= toSample) break;
      const middle = (word.startSample + word.endSample) / 2;
      if (fromSample <= middle && middle < toSample) found.push(word);
    }
    const isFailing = options.failsSometimes === true && (fromSample * 31 + toSample * 17) % 5 === 0;
    if (isFailing) return failure(toSample);
    const texts = found.map((word) =>
      options.mishearsCutWords === true && isCut(word, fromSample, toSample) ? `${word.text}cut` : word.text,
    );
    const text = options.isPunctuated === true ? sentence(texts) : texts.join(' ');
    const words = found.map(({ startSample, endSample }, index) => {
      return { word: texts[index] ?? '', startSample, endSample, confidence: null };
    });
    return { text, confidence: null, language: 'en', ...(options.hasWordTimes === true && { words }) };
  };
}

function failure(toSample: number): Hypothesis {
  const text = toSample % 2 === 0 ? '' : 'and then and then and then and then and then';
  return { text, confidence: null, language: 'en' };
}

function sentence(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  const text = texts.join(' ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
