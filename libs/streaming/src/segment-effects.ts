import { checkpointAt } from './checkpoint.ts';
import { queueFinal } from './decoding/finals.ts';
import { freshInterim } from './decoding/interim-state.ts';
import { SHORTEST_DECODE_SAMPLES } from './policy-constants.ts';
import type { PolicyEffect } from './policy-events.ts';
import { inTurn, unchanged, type PolicyState, type PolicyStep } from './policy-state.ts';
import type { Segmented, SegmenterEvent } from './segmenting/segmenter-state.ts';
import type { Boundary, ClosedUtterance } from './segmenting/utterance.ts';

/** Brings what the segmenter decided into the policy: new utterances, closed ones, released silence. */
export function applySegments(state: PolicyState, segmented: Segmented): PolicyStep {
  const { segmenter, events } = segmented;
  return inTurn(
    { ...state, segmenter },
    ...events.map((event) => (current: PolicyState) => applyEvent(current, event)),
    openInterim,
    startStream,
  );
}

function applyEvent(state: PolicyState, event: SegmenterEvent): PolicyStep {
  switch (event.type) {
    case 'utterance_opened':
      return { state, effects: [{ type: 'speech_started', atSample: event.speechFromSample }] };
    case 'utterance_closed':
      return closeUtterance(state, event);
    case 'silence_passed':
      return releaseSilence(state, event.boundary);
  }
}

function closeUtterance(state: PolicyState, event: Extract<SegmenterEvent, { type: 'utterance_closed' }>): PolicyStep {
  const { closed, speechEndSample } = event;
  const effects: PolicyEffect[] = [];
  if (speechEndSample !== undefined) effects.push({ type: 'speech_ended', atSample: speechEndSample });
  effects.push(...streamEnd(state, closed), { type: 'reset_detector' });
  return { state: queueFinal(state, closed), effects };
}

/** An utterance that opened and closed within one frame, or right after a replay began, is started only to be finished. */
function streamEnd(state: PolicyState, closed: ClosedUtterance): readonly PolicyEffect[] {
  if (state.settings.recognizer === 'windowed') return [];
  const { segmentId: utteranceId, decodeFromSample: fromSample, decodeToSample: toSample } = closed;
  const isStarted = state.interim?.segmentId === utteranceId && state.interim.isStarted;
  if (!isStarted && toSample - fromSample < SHORTEST_DECODE_SAMPLES) return [];
  const finish: PolicyEffect = { type: 'finish_utterance', utteranceId, toSample };
  return isStarted ? [finish] : [{ type: 'start_utterance', utteranceId, fromSample }, finish];
}

/** A checkpoint must not pass by a final that is not out: then the one after the next second of silence serves. */
function releaseSilence(state: PolicyState, boundary: Boundary): PolicyStep {
  const effects: PolicyEffect[] = [{ type: 'reset_detector' }];
  if (state.waiting.length === 0) {
    effects.push({ type: 'release_audio', checkpoint: checkpointAt(boundary, undefined, state.settings) });
  }
  return { state, effects };
}

/** Gives an utterance that was opened, or left open by a forced split, its empty interim. */
function openInterim(state: PolicyState): PolicyStep {
  const { open } = state.segmenter;
  if (open === undefined || state.interim?.segmentId === open.segmentId) return unchanged(state);
  return unchanged({ ...state, interim: freshInterim(open) });
}

/** Tells a streaming recogniser of the utterance; also of one that a checkpoint restored. */
function startStream(state: PolicyState): PolicyStep {
  const { open } = state.segmenter;
  const { interim, settings } = state;
  if (settings.recognizer === 'windowed' || open === undefined || interim === undefined || interim.isStarted) {
    return unchanged(state);
  }
  return {
    state: { ...state, interim: { ...interim, isStarted: true } },
    effects: [{ type: 'start_utterance', utteranceId: open.segmentId, fromSample: open.decodeFromSample }],
  };
}
