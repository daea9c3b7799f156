import type { PolicyEvent, SpeechWindow } from '../policy-events.ts';
import type { PolicySettings } from '../policy-settings.ts';
import { freshSearch, searchFrame, splitBounds } from './quiet-place.ts';
import { closeUtterance, decideBoundary } from './boundaries.ts';
import { earliestStartSample, type Segmented, type SegmenterEvent, type SegmenterState } from './segmenter-state.ts';
import type { OpenUtterance } from './utterance.ts';

type FrameArrived = Extract<PolicyEvent, { type: 'frame_arrived' }>;

/** Takes one frame. Boundaries are decided at its end only, so that a replay meets them at the same places. */
export function segmentFrame(state: SegmenterState, frame: FrameArrived, settings: PolicySettings): Segmented {
  const heard = hearWindows(state, frame.speech, settings);
  const open = heard.segmenter.open;
  const decided: SegmenterState = {
    ...heard.segmenter,
    decidedSample: frame.endSample,
    flushesAtDecided: 0,
    open: open && { ...open, quiet: searchQuiet(open, state.decidedSample, frame, settings) },
  };
  const boundary = decideBoundary(decided, settings);
  return { segmenter: boundary.segmenter, events: [...heard.events, ...boundary.events] };
}

/** Ends whatever is open, at once; with nothing open closes an utterance of no length, which answers the flush. */
export function segmentFlush(state: SegmenterState, settings: PolicySettings, isEnd: boolean): Segmented {
  const flushed = { ...state, flushesAtDecided: state.flushesAtDecided + (isEnd ? 0 : 1) };
  return closeUtterance(flushed, settings, isEnd);
}

function hearWindows(state: SegmenterState, windows: readonly SpeechWindow[], settings: PolicySettings): Segmented {
  let { windowEndSample, isSpeaking, open, nextSegmentId } = state;
  const events: SegmenterEvent[] = [];
  for (const { endSample, isSpeech } of windows) {
    if (isSpeech) {
      if (open === undefined) {
        open = openUtterance(state, windowEndSample, settings);
        nextSegmentId += 1;
        events.push({ type: 'utterance_opened', speechFromSample: open.speechFromSample });
      }
      const speechSamples = open.speechSamples + endSample - windowEndSample;
      open = { ...open, lastSpeechSample: endSample, speechSamples };
    }
    isSpeaking = isSpeech;
    windowEndSample = endSample;
  }
  return { segmenter: { ...state, windowEndSample, isSpeaking, open, nextSegmentId }, events };
}

function openUtterance(state: SegmenterState, windowStartSample: number, settings: PolicySettings): OpenUtterance {
  const speechFromSample = Math.max(state.settledSample, windowStartSample - settings.detectorLagSamples, 0);
  const fromSample = earliestStartSample(windowStartSample, state.settledSample, settings);
  return {
    segmentId: state.nextSegmentId,
    fromSample,
    decodeFromSample: fromSample,
    isContinuation: false,
    speechFromSample,
    lastSpeechSample: windowStartSample,
    speechSamples: 0,
    quiet: freshSearch,
  };
}

function searchQuiet(open: OpenUtterance, frameFromSample: number, frame: FrameArrived, settings: PolicySettings) {
  const levels = { fromSample: frameFromSample, levelsDbfs: frame.levelsDbfs };
  return searchFrame(open.quiet, levels, splitBounds(open.decodeFromSample, settings));
}
