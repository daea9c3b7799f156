import type { ProviderName } from '@verbatim/protocol';
import type { Recognition } from '@verbatim/recognizers';
import type { Hypothesis } from '@verbatim/streaming';

/** Where a recogniser's answer lies in the session. Units: samples. */
export interface AnswerPlace {
  /** Position of the first sample that the recogniser was given, padding included. */
  readonly originSample: number;
  /** Word times are held inside this range: no word lies in the padding. */
  readonly fromSample: number;
  readonly toSample: number;
  /** Left out where only one recogniser could have given it. */
  readonly answeredBy?: ProviderName;
}

/** A recogniser's answer with its word times as positions in the session. */
export function toHypothesis(recognition: Recognition, place: AnswerPlace): Hypothesis {
  const toPosition = (sample: number): number =>
    Math.min(place.toSample, Math.max(place.fromSample, place.originSample + sample));
  return {
    text: recognition.text,
    confidence: recognition.confidence,
    language: recognition.language,
    ...(recognition.tokenCount === undefined ? {} : { tokenCount: recognition.tokenCount }),
    ...(place.answeredBy === undefined ? {} : { answeredBy: place.answeredBy }),
    ...(recognition.words === undefined
      ? {}
      : {
          words: recognition.words.map((span) => ({
            word: span.word,
            startSample: toPosition(span.startSample),
            endSample: toPosition(span.endSample),
            confidence: span.confidence,
          })),
        }),
  };
}
