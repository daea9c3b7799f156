import type { AnswerSegment, WhisperAnswer } from './whisper-answer.ts';

/** One step of Whisper's timestamps. Units: seconds. */
const SHORTEST_SEGMENT_SECONDS = 0.02;

/**
 * Says how sure the model is of an answer, 0–1: the mean probability of its tokens, times the probability that somebody spoke, each
 * segment weighing as much as it lasts; or the mean probability of the tokens alone where there are no segments. `null` where the
 * server gives neither. Not calibrated: 0.9 is no promise that nine words in ten are right.
 */
export function confidenceOf({ segments, tokenLogprobs }: WhisperAnswer): number | null {
  const bySegments = confidenceOfSegments(segments ?? []);
  if (bySegments !== null) return bySegments;
  if (tokenLogprobs === undefined) return null;
  const sum = tokenLogprobs.reduce((total, logprob) => total + logprob, 0);
  return asProbability(Math.exp(sum / tokenLogprobs.length));
}

/** Holds a number inside 0–1; what is no number is 0. */
export function asProbability(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

function confidenceOfSegments(segments: readonly AnswerSegment[]): number | null {
  let weighed = 0;
  let weight = 0;
  for (const { startSeconds, endSeconds, avgLogprob, noSpeechProb } of segments) {
    if (avgLogprob === undefined) continue;
    // A segment without a length still counts a little, so that an answer of nothing else has a confidence.
    const seconds = Math.max(endSeconds - startSeconds, SHORTEST_SEGMENT_SECONDS);
    weighed += seconds * asProbability(Math.exp(avgLogprob)) * (1 - asProbability(noSpeechProb ?? 0));
    weight += seconds;
  }
  return weight === 0 ? null : weighed / weight;
}
