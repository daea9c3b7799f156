import { levelsDbfs, SILENCE_DBFS } from '@verbatim/audio';
import type { AnswerSegment, AnswerWord, WhisperAnswer } from './whisper-answer.ts';

/** Below 0.1 s OpenAI refuses the audio, and there is no word in it. Units: samples. */
export const SHORTEST_REQUEST_SAMPLES = 1_600;

/** Quieter than any speech a microphone delivers, and above the noise of 16 bits: Whisper invents subtitles for it. Units: dBFS. */
const QUIETEST_SPEECH_DBFS = -65;

/** Loudest 20 ms below this are hardly speech: a text we know already is then no proof of it. Units: dBFS. */
const DOUBTFUL_SPEECH_DBFS = -45;

/** The thresholds by which Whisper's own decoder takes a segment for silence: both must hold. */
const NO_SPEECH_PROBABILITY = 0.6;
const SILENCE_LOGPROB = -1;

/** A lower bar for text that repeats the prompt, which is what Whisper says when it hears nothing. */
const ECHO_NO_SPEECH_PROBABILITY = 0.3;

/** Shorter texts may well be said twice in a row. Units: letters and digits. */
const ECHO_LETTERS = 8;

/** Whisper's own threshold: text that packs better than this repeats itself. */
const LOOP_COMPRESSION_RATIO = 2.4;

/** The level of the loudest 20 ms. Units: dBFS. */
export function loudestDbfs(samples: Float32Array): number {
  return levelsDbfs(samples).reduce((loudest, level) => Math.max(loudest, level), SILENCE_DBFS);
}

/** True where audio is long and loud enough to hold a word: anything else is answered without a request. */
export function isWorthAsking(samples: Float32Array): boolean {
  return samples.length >= SHORTEST_REQUEST_SAMPLES && loudestDbfs(samples) >= QUIETEST_SPEECH_DBFS;
}

/** True where a segment packs as only a loop does: worth another try with more freedom and without the prompt. */
export function isRepetitive({ segments }: WhisperAnswer): boolean {
  return (segments ?? []).some(({ compressionRatio }) => (compressionRatio ?? 0) > LOOP_COMPRESSION_RATIO);
}

/** Drops the segments that the model itself doubts: most likely nobody spoke, and the words are unlikely too. */
export function withoutUnspoken(answer: WhisperAnswer): WhisperAnswer {
  const { segments = [] } = answer;
  const kept = segments.filter((segment) => !isUnspoken(segment));
  if (kept.length === segments.length) return answer;
  const unspoken = segments.filter(isUnspoken);
  const words = answer.words?.filter((word) => !unspoken.some((segment) => isInside(word, segment)));
  return {
    ...answer,
    text: kept
      .map(({ text }) => text)
      .join('')
      .trim(),
    segments: kept,
    ...(words && { words }),
  };
}

/** What is known of the request beside its answer. */
export interface EchoEvidence {
  /** The text that was sent along. */
  readonly prompt: string;
  /** Of the audio's loudest 20 ms. */
  readonly loudestDbfs: number;
}

/**
 * Empties an answer that repeats the end of the prompt over what is hardly speech. Somebody who says the same sentence again is heard
 * clearly, and keeps it.
 */
export function withoutPromptEcho(answer: WhisperAnswer, { prompt, loudestDbfs: level }: EchoEvidence): WhisperAnswer {
  const said = lettersOf(answer.text);
  const isEcho = said.length >= ECHO_LETTERS && lettersOf(prompt).endsWith(said);
  if (!isEcho || !isDoubtful(answer.segments ?? [], level)) return answer;
  const { language } = answer;
  return { text: '', ...(language !== undefined && { language }) };
}

function isUnspoken({ noSpeechProb, avgLogprob }: AnswerSegment): boolean {
  return (noSpeechProb ?? 0) > NO_SPEECH_PROBABILITY && (avgLogprob ?? 0) < SILENCE_LOGPROB;
}

function isInside({ startSeconds, endSeconds }: AnswerWord, segment: AnswerSegment): boolean {
  const middle = (startSeconds + endSeconds) / 2;
  return middle >= segment.startSeconds && middle < segment.endSeconds;
}

function isDoubtful(segments: readonly AnswerSegment[], level: number): boolean {
  const probabilities = segments.flatMap(({ noSpeechProb }) => (noSpeechProb === undefined ? [] : [noSpeechProb]));
  if (probabilities.length === 0) return level < DOUBTFUL_SPEECH_DBFS;
  return Math.max(...probabilities) >= ECHO_NO_SPEECH_PROBABILITY;
}

/** Text without case, blanks and punctuation. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}
