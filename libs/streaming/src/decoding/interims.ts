import type { Hypothesis } from '../policy-events.ts';
import { unchanged, type InFlight, type PolicyState, type PolicyStep } from '../policy-state.ts';
import type { OpenUtterance } from '../segmenting/utterance.ts';
import { agree, shownText } from '../text/stable-prefix.ts';
import { stitch } from '../text/stitching.ts';
import { unitsOf, withText, wordsOf, type TextUnit } from '../text/text-units.ts';
import { judge, withoutLoop } from './guards.ts';

/** Takes the answer to an interim's decode and shows it without its last word, which the end of the audio often cuts. */
export function answerInterim(state: PolicyState, request: InFlight, hypothesis: Hypothesis): PolicyStep {
  const freed = { ...state, inFlight: undefined };
  const { interim } = state;
  const { open } = state.segmenter;
  if (open === undefined || interim === undefined) return unchanged(freed);
  const units = joined(state, open, unitsOf(withoutLoop(hypothesis)).slice(0, -1));
  const isWordless = units.length === 0 && interim.shown.text === '';
  const answered = { ...freed, interim: { ...interim, isWordless } };
  return show(answered, units, { hypothesis, toSample: request.toSample });
}

/** Keeps a speculation's answer for the final and shows all of it. */
export function answerSpeculation(state: PolicyState, request: InFlight, hypothesis: Hypothesis): PolicyStep {
  const freed = { ...state, inFlight: undefined };
  const { interim, settings } = state;
  const { open } = state.segmenter;
  if (open === undefined || interim?.speculation === undefined) return unchanged(freed);
  const speculation = { ...interim.speculation, hypothesis };
  const lengthSamples = request.toSample - request.fromSample;
  const { tokensPerSecondLimit } = settings;
  const verdict = judge(hypothesis, { lengthSamples, speechSamples: open.speechSamples, tokensPerSecondLimit });
  const units = joined(state, open, unitsOf(hypothesis));
  if (verdict !== 'sound' || units.length === 0) return unchanged({ ...freed, interim: { ...interim, speculation } });
  return show({ ...freed, interim: { ...interim, speculation } }, units, { hypothesis, toSample: request.toSample });
}

/** Shows the hypothesis of a streaming recogniser; its last word may still grow, so it never becomes stable. */
export function showStreamed(
  state: PolicyState,
  utteranceId: number,
  heard: { readonly hypothesis: Hypothesis; readonly toSample: number },
): PolicyStep {
  const { open } = state.segmenter;
  if (open?.segmentId !== utteranceId) return unchanged(state);
  const units = joined(state, open, unitsOf(heard.hypothesis));
  return show(state, units, { ...heard, confirmable: units.length - 1 });
}

interface Heard {
  readonly hypothesis: Hypothesis;
  readonly toSample: number;
  readonly confirmable?: number;
}

function show(state: PolicyState, units: readonly TextUnit[], heard: Heard): PolicyStep {
  const { interim } = state;
  const { open } = state.segmenter;
  if (open === undefined || interim === undefined) return unchanged(state);
  const prefix = agree(interim.prefix, units, heard.confirmable);
  const shown = shownText(prefix);
  const { text, stableChars } = shown;
  const isNews = text !== interim.shown.text || stableChars !== interim.shown.stableChars;
  if (!isNews || !state.settings.interimResults) return unchanged({ ...state, interim: { ...interim, prefix } });
  const revision = interim.revision + 1;
  const hypothesis = withText(heard.hypothesis, text, wordsOf(shown.units));
  const { segmentId, fromSample } = open;
  const { toSample } = heard;
  return {
    state: { ...state, interim: { ...interim, prefix, revision, shown: { text, stableChars } } },
    effects: [{ type: 'emit_interim', segmentId, revision, fromSample, toSample, text, stableChars, hypothesis }],
  };
}

function joined(state: PolicyState, open: OpenUtterance, units: readonly TextUnit[]): readonly TextUnit[] {
  return open.isContinuation && state.seam !== undefined ? stitch(units, state.seam) : units;
}
