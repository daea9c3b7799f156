import { POST_ROLL_SAMPLES, SILENCE_RELEASE_SAMPLES, SOFT_ENDPOINT_SAMPLES } from '../policy-constants.ts';
import type { PolicySettings } from '../policy-settings.ts';
import { freshSearch, splitBounds } from './quiet-place.ts';
import { certainSilenceSamples, earliestStartSample, type Segmented, type SegmenterState } from './segmenter-state.ts';
import type { Boundary, ClosedUtterance, OpenUtterance } from './utterance.ts';

/** Decides at the end of a frame whether the open utterance ends, is split, or goes on. */
export function decideBoundary(state: SegmenterState, settings: PolicySettings): Segmented {
  const { open, decidedSample } = state;
  if (open === undefined) return isReleaseDue(state) ? releaseSilence(state) : { segmenter: state, events: [] };
  const lengthSamples = decidedSample - open.decodeFromSample;
  const isLong = lengthSamples >= settings.softMaxSamples;
  const neededSamples = isLong
    ? Math.min(settings.endpointingSamples, SOFT_ENDPOINT_SAMPLES)
    : settings.endpointingSamples;
  if (!state.isSpeaking && certainSilenceSamples(state) >= neededSamples) return closeUtterance(state, settings, false);
  if (lengthSamples >= settings.hardMaxSamples) return splitUtterance(state, open, settings);
  return { segmenter: state, events: [] };
}

function isReleaseDue(state: SegmenterState): boolean {
  return state.decidedSample - state.resetSample >= SILENCE_RELEASE_SAMPLES;
}

function releaseSilence(state: SegmenterState): Segmented {
  const segmenter = resetDetector(state);
  return { segmenter, events: [{ type: 'silence_passed', boundary: boundaryOf(segmenter, false) }] };
}

/** A fresh detector judges its first window from here; until then nobody is taken to be speaking. */
function resetDetector(state: SegmenterState): SegmenterState {
  return { ...state, resetSample: state.decidedSample, windowEndSample: state.decidedSample, isSpeaking: false };
}

/** Writes down where the segmenter stands. */
export function boundaryOf(state: SegmenterState, isEnd: boolean): Boundary {
  const { decidedSample, flushesAtDecided, settledSample, open } = state;
  const nextSegmentId = open?.segmentId ?? state.nextSegmentId;
  return { decidedSample, flushesAtDecided, nextSegmentId, settledSample, open, isEnd };
}

/** Gives the open utterance its range; with nothing open makes one of no length. */
export function closeUtterance(state: SegmenterState, settings: PolicySettings, isEnd: boolean): Segmented {
  const { open, decidedSample } = state;
  const range = open === undefined ? noRange(state, settings) : wholeRange(open, decidedSample, settings);
  const segmenter = resetDetector({
    ...state,
    open: undefined,
    settledSample: range.toSample,
    nextSegmentId: open === undefined ? state.nextSegmentId + 1 : state.nextSegmentId,
  });
  const closed = { ...range, isUtteranceEnd: true, boundary: boundaryOf(segmenter, isEnd) };
  const speechEndSample = open && Math.max(open.speechFromSample, open.lastSpeechSample - settings.detectorLagSamples);
  return { segmenter, events: [{ type: 'utterance_closed', closed, speechEndSample }] };
}

type Range = Omit<ClosedUtterance, 'isUtteranceEnd' | 'boundary'>;

/** A streaming recogniser has already heard everything up to now, so all of it belongs to the utterance. */
function wholeRange(open: OpenUtterance, decidedSample: number, settings: PolicySettings): Range {
  const isFed = settings.recognizer === 'streaming';
  const toSample = isFed ? decidedSample : utteranceEndSample(open, decidedSample);
  return { ...identity(open), toSample, decodeToSample: toSample };
}

/** Where the utterance's range ends if no more speech comes. */
export function utteranceEndSample(open: OpenUtterance, decidedSample: number): number {
  return Math.max(open.fromSample, Math.min(decidedSample, open.lastSpeechSample + POST_ROLL_SAMPLES));
}

function noRange(state: SegmenterState, settings: PolicySettings): Range {
  const atSample = earliestStartSample(state.decidedSample, state.settledSample, settings);
  return {
    segmentId: state.nextSegmentId,
    fromSample: atSample,
    toSample: atSample,
    decodeFromSample: atSample,
    decodeToSample: atSample,
    isContinuation: false,
    speechFromSample: atSample,
    speechSamples: 0,
  };
}

function identity(open: OpenUtterance) {
  const { segmentId, fromSample, decodeFromSample, isContinuation, speechFromSample, speechSamples } = open;
  return { segmentId, fromSample, decodeFromSample, isContinuation, speechFromSample, speechSamples };
}

/** Two ranges meet at the quietest place; their decodes overlap there. A streaming recogniser can only be cut at now. */
function splitUtterance(state: SegmenterState, open: OpenUtterance, settings: PolicySettings): Segmented {
  const { decidedSample } = state;
  const isFed = settings.recognizer === 'streaming';
  const quietSample = open.quiet.best?.atSample ?? splitBounds(open.decodeFromSample, settings).toSample;
  const splitSample = isFed ? decidedSample : quietSample;
  const carriedSamples = Math.min(Math.max(0, open.lastSpeechSample - splitSample), open.speechSamples);
  const rest: OpenUtterance = {
    segmentId: state.nextSegmentId,
    fromSample: splitSample,
    decodeFromSample: splitSample - settings.halfOverlapSamples,
    isContinuation: true,
    speechFromSample: splitSample,
    lastSpeechSample: open.lastSpeechSample,
    speechSamples: carriedSamples,
    quiet: freshSearch,
  };
  const segmenter = resetDetector({
    ...state,
    open: rest,
    settledSample: splitSample,
    nextSegmentId: state.nextSegmentId + 1,
  });
  const closed: ClosedUtterance = {
    ...identity(open),
    toSample: splitSample,
    decodeToSample: Math.min(decidedSample, splitSample + settings.halfOverlapSamples),
    speechSamples: open.speechSamples - carriedSamples,
    isUtteranceEnd: false,
    boundary: boundaryOf(segmenter, false),
  };
  return { segmenter, events: [{ type: 'utterance_closed', closed, speechEndSample: undefined }] };
}
