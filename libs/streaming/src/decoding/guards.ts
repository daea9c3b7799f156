import {
  EMPTY_SUSPECT_SPEECH_SAMPLES,
  FIRST_HEAD_CUT_SAMPLES,
  MAX_RETRIES,
  PAD_HEAD_SAMPLES,
  PAD_TAIL_SAMPLES,
  PRE_ROLL_SAMPLES,
  SAMPLES_PER_SECOND,
  SECOND_HEAD_CUT_SAMPLES,
  SHORTEST_DECODE_SAMPLES,
  TAIL_CUT_SAMPLES,
  TOKEN_LIMIT_SUSPECT_SAMPLES,
} from '../policy-constants.ts';
import type { Hypothesis } from '../policy-events.ts';
import type { ClosedUtterance } from '../segmenting/utterance.ts';
import { cutAtLoop } from '../text/loop-detection.ts';
import { textOf, unitsOf, withText, wordsOf } from '../text/text-units.ts';

/** What is wrong with an answer, best first: of several suspicious answers the earliest of the best kind is kept. */
const VERDICTS = ['sound', 'at_token_limit', 'looping', 'empty'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What an answer was asked for. Units: samples at 16 kHz. */
export interface DecodedRange {
  readonly lengthSamples: number;
  readonly speechSamples: number;
  /** 0 for a recogniser without a token limit. */
  readonly tokensPerSecondLimit: number;
}

/** Judges an answer by what is known to go wrong in attention recognisers. */
export function judge(hypothesis: Hypothesis, range: DecodedRange): Verdict {
  if (hypothesis.text.trim() === '') return range.speechSamples > EMPTY_SUSPECT_SPEECH_SAMPLES ? 'empty' : 'sound';
  if (cutAtLoop(unitsOf(hypothesis)) !== undefined) return 'looping';
  return isAtTokenLimit(hypothesis, range) ? 'at_token_limit' : 'sound';
}

/** Of two answers to the same utterance the one to fall back on. */
export function better(
  first: Hypothesis | undefined,
  second: Hypothesis,
  verdictOf: (hypothesis: Hypothesis) => Verdict,
): Hypothesis {
  if (first === undefined) return second;
  return VERDICTS.indexOf(verdictOf(second)) < VERDICTS.indexOf(verdictOf(first)) ? second : first;
}

/** Takes a loop out of an answer, keeping its first round. */
export function withoutLoop(hypothesis: Hypothesis): Hypothesis {
  const units = cutAtLoop(unitsOf(hypothesis));
  if (units === undefined) return hypothesis;
  return withText(hypothesis, textOf(units), wordsOf(units));
}

/** What a decode of a closed utterance hands the recogniser. */
export interface DecodeTry {
  readonly fromSample: number;
  readonly toSample: number;
  /** Whether silence is put around the samples. */
  readonly isPadded: boolean;
}

/** The first try: everything, with silence around it. */
export function firstTry({ decodeFromSample, decodeToSample }: ClosedUtterance): DecodeTry {
  return { fromSample: decodeFromSample, toSample: decodeToSample, isPadded: true };
}

/**
 * The next try after `attempts` tries of which the best was judged `verdict`; `undefined` when none is left.
 *
 * Nothing heard: once more without the padding, because digital silence beside a quiet room made the engine fall silent
 * (measured: a short utterance empty at six of seven paddings, right without). Then, as for a loop from the start: 0.1 s, then
 * 0.25 s less at the head, as far as silence stands there; otherwise 0.1 s less at the tail, which the post-roll covers.
 */
export function nextTry(closed: ClosedUtterance, attempts: number, verdict: Verdict): DecodeTry | undefined {
  if (attempts > MAX_RETRIES) return undefined;
  const leadSamples = closed.speechFromSample - closed.decodeFromSample;
  const tries = [
    ...(verdict === 'empty' ? [{ head: 0, tail: 0, isPadded: false }] : []),
    ...(leadSamples >= FIRST_HEAD_CUT_SAMPLES ? [{ head: FIRST_HEAD_CUT_SAMPLES, tail: 0, isPadded: true }] : []),
    ...(leadSamples >= PRE_ROLL_SAMPLES ? [{ head: SECOND_HEAD_CUT_SAMPLES, tail: 0, isPadded: true }] : []),
    { head: 0, tail: TAIL_CUT_SAMPLES, isPadded: true },
    { head: FIRST_HEAD_CUT_SAMPLES, tail: 0, isPadded: true },
  ];
  const next = tries[attempts - 1];
  if (next === undefined) return undefined;
  const fromSample = closed.decodeFromSample + next.head;
  const toSample = closed.decodeToSample - next.tail;
  if (toSample - fromSample < SHORTEST_DECODE_SAMPLES) return undefined;
  return { fromSample, toSample, isPadded: next.isPadded };
}

/** The engine counts the padding as audio, so it is counted here too. */
function isAtTokenLimit({ tokenCount }: Hypothesis, range: DecodedRange): boolean {
  if (tokenCount === undefined || range.tokensPerSecondLimit === 0) return false;
  if (range.lengthSamples > TOKEN_LIMIT_SUSPECT_SAMPLES) return false;
  const seconds = (range.lengthSamples + PAD_HEAD_SAMPLES + PAD_TAIL_SAMPLES) / SAMPLES_PER_SECOND;
  return tokenCount >= Math.floor(seconds * range.tokensPerSecondLimit) - 1;
}
