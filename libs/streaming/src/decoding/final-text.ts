import type { Hypothesis, RecognizedWord } from '../policy-events.ts';
import type { PolicySettings } from '../policy-settings.ts';
import type { ClosedUtterance } from '../segmenting/utterance.ts';
import { seamAfter, stitch, type Seam } from '../text/stitching.ts';
import { textOf, unitsOf, withText, wordsOf } from '../text/text-units.ts';

/** The text of a final: joined to the part before, its words inside its range; and the seam for the part after it. */
export function finalText(
  closed: ClosedUtterance,
  answer: Hypothesis,
  context: { readonly seam: Seam | undefined; readonly settings: PolicySettings },
): { readonly hypothesis: Hypothesis; readonly seam: Seam | undefined } {
  const units = unitsOf(answer);
  const joined = closed.isContinuation && context.seam !== undefined ? stitch(units, context.seam) : units;
  const dropped = units.length - joined.length;
  const words = answer.words && clipWords(wordsOf(joined) ?? answer.words.slice(dropped), closed);
  return {
    hypothesis: withText(answer, textOf(joined), words),
    seam: closed.isUtteranceEnd ? undefined : seamAfter(joined, context.settings.stitchMaxWords),
  };
}

/** Recognisers place words in the padding or the overlap; a final's words lie in its range. */
function clipWords(
  words: readonly RecognizedWord[],
  range: { readonly fromSample: number; readonly toSample: number },
): readonly RecognizedWord[] {
  const clip = (sample: number): number => Math.min(Math.max(sample, range.fromSample), range.toSample);
  return words.map((word) => ({ ...word, startSample: clip(word.startSample), endSample: clip(word.endSample) }));
}
