import { PIPELINE_SAMPLE_RATE_HZ } from '@verbatim/audio';
import type { RecognizedSpan } from '../recognizer.ts';
import type { AnswerWord } from './whisper-answer.ts';
import { asProbability } from './answer-confidence.ts';

/** Gives words their place in samples: inside the audio, none ending before it begins, none beginning before the one before it. */
export function toSpans(words: readonly AnswerWord[], totalSamples: number): RecognizedSpan[] {
  const spans: RecognizedSpan[] = [];
  for (const { word, startSeconds, endSeconds, probability } of words) {
    const at = (seconds: number) => Math.min(totalSamples, Math.max(0, Math.round(seconds * PIPELINE_SAMPLE_RATE_HZ)));
    const startSample = Math.max(at(startSeconds), spans.at(-1)?.startSample ?? 0);
    const endSample = Math.max(startSample, at(endSeconds));
    const confidence = probability === undefined ? null : asProbability(probability);
    if (word.trim() !== '') spans.push({ word: word.trim(), startSample, endSample, confidence });
  }
  return spans;
}

/**
 * Spells words as the text does. Whisper leaves punctuation out of its words; with it they cut the text exactly, so each keeps its
 * time when a part of the text is withheld or joined. Words that the text does not hold in this order are left as they are.
 */
export function spelledAsIn(text: string, spans: readonly RecognizedSpan[]): readonly RecognizedSpan[] {
  const spelled: RecognizedSpan[] = [];
  let position = 0;
  for (const span of spans) {
    const foundAt = indexOfWord(text, span.word, position);
    if (foundAt < 0 || /[\p{L}\p{N}]/u.test(text.slice(position, foundAt))) return spans;
    const end = endWithPunctuation(text, foundAt + span.word.length);
    spelled.push({ ...span, word: text.slice(position, end).trim() });
    position = end;
  }
  return /[\p{L}\p{N}]/u.test(text.slice(position)) ? spans : spelled;
}

function indexOfWord(text: string, word: string, from: number): number {
  const exact = text.indexOf(word, from);
  if (exact >= 0) return exact;
  const lowered = text.toLowerCase();
  // A few letters change their length with their case: then positions in one are none in the other.
  return lowered.length === text.length ? lowered.indexOf(word.toLowerCase(), from) : -1;
}

/** Where a word ends that takes the signs right behind it along. */
function endWithPunctuation(text: string, end: number): number {
  const signs = /^[^\s\p{L}\p{N}]*/u.exec(text.slice(end));
  return end + (signs?.[0].length ?? 0);
}
