import type { RecognizedSpan } from '../recognizer.ts';
import type { SherpaResult } from './sherpa.ts';

const SAMPLE_RATE_HZ = 16_000;
/** How long a token is taken to sound where the model gives only its start: two encoder frames of the usual 40 ms. */
const TOKEN_SECONDS = 0.08;
/** Scripts written without spaces: each character is its own word. */
const SPACELESS = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

interface TimedWord {
  word: string;
  startSeconds: number;
  endSeconds: number;
}

/**
 * Joins tokens to words with times. A token that begins with a space (or SentencePiece's `▁`) begins a word. A word starts where
 * its first token does and ends where its last one does, at the latest where the next word starts.
 *
 * @returns undefined where the model does not align its output.
 */
export function wordsOf(result: SherpaResult, totalSamples: number): RecognizedSpan[] | undefined {
  const { tokens = [], timestamps = [], durations = [] } = result;
  if (tokens.length === 0 || timestamps.length !== tokens.length) return undefined;
  const words: TimedWord[] = [];
  tokens.forEach((token, index) => {
    const startSeconds = timestamps[index] ?? 0;
    const endSeconds = startSeconds + (durations[index] ?? TOKEN_SECONDS);
    addToken(words, token.replaceAll('▁', ' '), { startSeconds, endSeconds });
  });
  return words.filter(({ word }) => word !== '').map((word, index, all) => toSpan(word, all[index + 1], totalSamples));
}

function addToken(words: TimedWord[], token: string, time: { startSeconds: number; endSeconds: number }): void {
  const last = words.at(-1);
  const text = token.trim();
  if (last === undefined || token.startsWith(' ') || SPACELESS.test(text)) words.push({ word: text, ...time });
  else if (last.word === '') Object.assign(last, { word: text, ...time });
  else Object.assign(last, { word: last.word + text, endSeconds: time.endSeconds });
}

function toSpan(word: TimedWord, next: TimedWord | undefined, totalSamples: number): RecognizedSpan {
  const at = (seconds: number) => Math.min(totalSamples, Math.max(0, Math.round(seconds * SAMPLE_RATE_HZ)));
  const startSample = at(word.startSeconds);
  const endSample = at(Math.min(word.endSeconds, next?.startSeconds ?? word.endSeconds));
  return { word: word.word, startSample, endSample: Math.max(startSample, endSample), confidence: null };
}
