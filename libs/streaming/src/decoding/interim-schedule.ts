import {
  CADENCE_GROWTH_FROM_SAMPLES,
  CADENCE_GROWTH_PER_SAMPLE,
  INTERIM_MIN_SAMPLES,
  POST_ROLL_SAMPLES,
  SHORTEST_DECODE_SAMPLES,
  SPECULATION_SILENCE_SAMPLES,
  WORDLESS_CADENCE_SAMPLES,
} from '../policy-constants.ts';
import { unchanged, type PolicyState, type PolicyStep } from '../policy-state.ts';
import { utteranceEndSample } from '../segmenting/boundaries.ts';
import { likelySilenceSamples } from '../segmenting/segmenter-state.ts';
import type { OpenUtterance } from '../segmenting/utterance.ts';
import { requestDecode } from './decode-request.ts';
import type { InterimState } from './interim-state.ts';

/** Asks for a speculation or an interim when one is due and nothing else of this session is being decoded. */
export function scheduleInterim(state: PolicyState): PolicyStep {
  const { interim, inFlight, waiting, settings } = state;
  const { open } = state.segmenter;
  const isBusy = inFlight !== undefined || waiting.length > 0;
  if (open === undefined || interim === undefined || isBusy || settings.recognizer === 'streaming') {
    return unchanged(state);
  }
  if (isSpeculationDue(state, open, interim)) return askSpeculation(state, open, interim);
  if (isInterimDue(state, open, interim)) return askInterim(state, open, interim);
  return unchanged(state);
}

/** Due once in each pause, when the range is there that the final would have. */
function isSpeculationDue(state: PolicyState, open: OpenUtterance, interim: InterimState): boolean {
  const { segmenter, settings } = state;
  if (segmenter.isSpeaking || likelySilenceSamples(segmenter, settings) < SPECULATION_SILENCE_SAMPLES) return false;
  const endSample = open.lastSpeechSample + POST_ROLL_SAMPLES;
  const isThere = endSample <= segmenter.decidedSample && endSample - open.decodeFromSample >= SHORTEST_DECODE_SAMPLES;
  return isThere && interim.speculation?.lastSpeechSample !== open.lastSpeechSample;
}

function askSpeculation(state: PolicyState, open: OpenUtterance, interim: InterimState): PolicyStep {
  const { lastSpeechSample, segmentId, decodeFromSample: fromSample } = open;
  const toSample = utteranceEndSample(open, state.segmenter.decidedSample);
  const speculation = { fromSample, toSample, lastSpeechSample, hypothesis: undefined };
  const asked = { ...markAsked(state, open, interim), speculation };
  return requestDecode({ ...state, interim: asked }, { kind: 'speculative', segmentId, fromSample, toSample });
}

/** In a pause an interim waits: the speculation due a moment later covers the same audio and need not withhold a word. */
function isInterimDue(state: PolicyState, open: OpenUtterance, interim: InterimState): boolean {
  const { segmenter, settings } = state;
  if (!settings.interimResults || !segmenter.isSpeaking) return false;
  if (open.lastSpeechSample <= interim.askedSpeechSample) return false;
  const windowSamples = segmenter.decidedSample - open.decodeFromSample;
  const sinceAskedSamples = segmenter.decidedSample - interim.askedSample;
  const regularSamples = cadenceSamples(state, windowSamples);
  const neededSamples = interim.isWordless ? Math.min(regularSamples, WORDLESS_CADENCE_SAMPLES) : regularSamples;
  return windowSamples >= INTERIM_MIN_SAMPLES && sinceAskedSamples >= neededSamples;
}

/** Under load answers come late and the cadence stretches by itself; this is what it is without load. */
function cadenceSamples(state: PolicyState, windowSamples: number): number {
  const longSamples = Math.max(0, windowSamples - CADENCE_GROWTH_FROM_SAMPLES);
  return state.settings.interimCadenceSamples + longSamples * CADENCE_GROWTH_PER_SAMPLE;
}

function askInterim(state: PolicyState, open: OpenUtterance, interim: InterimState): PolicyStep {
  const range = { fromSample: open.decodeFromSample, toSample: state.segmenter.decidedSample };
  const asked = { ...state, interim: markAsked(state, open, interim) };
  return requestDecode(asked, { kind: 'interim', segmentId: open.segmentId, ...range });
}

function markAsked(state: PolicyState, open: OpenUtterance, interim: InterimState): InterimState {
  return { ...interim, askedSample: state.segmenter.decidedSample, askedSpeechSample: open.lastSpeechSample };
}
