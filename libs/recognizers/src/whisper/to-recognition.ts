import { spokenLanguage } from '../local/spoken-language.ts';
import type { Recognition, RecognizedSpan } from '../recognizer.ts';
import { confidenceOf } from './answer-confidence.ts';
import { toAskedLanguage, toFoundLanguage } from './whisper-languages.ts';
import type { WhisperAnswer } from './whisper-answer.ts';
import { spelledAsIn, toSpans } from './word-spans.ts';

/** What an answer is held against. */
export interface AnswerContext {
  /** BCP-47 or `auto`. */
  readonly language: string;
  /** BCP-47 base languages. */
  readonly served: readonly string[];
  readonly totalSamples: number;
  readonly hasWordTimes: boolean;
  readonly hasConfidence: boolean;
}

/** Turns a server's answer into the port's: words in samples, a confidence only where one is promised, a language always. */
export function toRecognition(answer: WhisperAnswer, context: AnswerContext): Recognition {
  const { text, tokenCount } = answer;
  const words = text === '' ? undefined : wordsOf(answer, context);
  return {
    text,
    ...(words && { words }),
    confidence: context.hasConfidence && text !== '' ? confidenceOf(answer) : null,
    language: languageOf(answer, context),
    ...(tokenCount !== undefined && { tokenCount }),
  };
}

/** Bokmål that was asked for as Norwegian, and is answered as Norwegian, is Bokmål. */
function languageOf(answer: WhisperAnswer, { language, served }: AnswerContext): string {
  const found = toFoundLanguage(answer.language);
  const isAsAsked = found !== undefined && toAskedLanguage(found) === toAskedLanguage(language);
  return spokenLanguage(isAsAsked ? undefined : found, language, served);
}

function wordsOf(
  { text, words }: WhisperAnswer,
  { totalSamples, hasWordTimes, hasConfidence }: AnswerContext,
): readonly RecognizedSpan[] | undefined {
  if (!hasWordTimes || words === undefined) return undefined;
  const spans = spelledAsIn(text, toSpans(words, totalSamples));
  return hasConfidence ? spans : spans.map((span) => ({ ...span, confidence: null }));
}
