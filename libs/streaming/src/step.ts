import { checkpointAt } from './checkpoint.ts';
import { acceptFinal, answerFinal, drainFinals } from './decoding/finals.ts';
import { scheduleInterim } from './decoding/interim-schedule.ts';
import { answerInterim, answerSpeculation, showStreamed } from './decoding/interims.ts';
import type { Hypothesis, PolicyEvent } from './policy-events.ts';
import { inTurn, unchanged, type PolicyState, type PolicyStep } from './policy-state.ts';
import { applySegments } from './segment-effects.ts';
import { boundaryOf } from './segmenting/boundaries.ts';
import { segmentFlush, segmentFrame } from './segmenting/segmenter.ts';

/**
 * Takes one event of a session's channel and says what to do. Pure: the same state and event give the same result.
 *
 * Invariant: finals (text, ranges, ids, checkpoints) depend on the frames, the flushes and what the recogniser answers to a
 * range; never on when it answers, in which order events are interleaved, or which interims were dropped.
 *
 * Answers to unknown requests, frames already decided and input after the end are ignored: after a replay all of them occur.
 */
export function step(state: PolicyState, event: PolicyEvent): PolicyStep {
  switch (event.type) {
    case 'frame_arrived':
      return hearFrame(state, event);
    case 'decode_finished':
      return takeAnswer(state, event.requestId, event.hypothesis);
    case 'decode_dropped':
      return askAgain(state, event.requestId);
    case 'hypothesis_changed':
      return showStreamed(state, event.utteranceId, { hypothesis: event.hypothesis, toSample: event.endSample });
    case 'utterance_finished':
      return drainFinals(acceptFinal(state, event.utteranceId, event.hypothesis));
    case 'finalize_asked':
      return state.input === 'open' ? flush(state, false) : unchanged(state);
    case 'input_ended':
      return endInput(state);
  }
}

function hearFrame(state: PolicyState, frame: Extract<PolicyEvent, { type: 'frame_arrived' }>): PolicyStep {
  const isNew = state.input === 'open' && frame.endSample > state.segmenter.decidedSample;
  if (!isNew) return unchanged(state);
  const segmented = segmentFrame(state.segmenter, frame, state.settings);
  return inTurn(state, (current) => applySegments(current, segmented), drainFinals, scheduleInterim);
}

function takeAnswer(state: PolicyState, requestId: number, hypothesis: Hypothesis): PolicyStep {
  const { inFlight } = state;
  if (inFlight?.requestId !== requestId) return unchanged(state);
  switch (inFlight.kind) {
    case 'final':
      return inTurn(answerFinal(state, inFlight.segmentId, hypothesis), drainFinals, scheduleInterim);
    case 'speculative':
      return inTurn(state, (current) => answerSpeculation(current, inFlight, hypothesis), scheduleInterim);
    case 'interim':
      return inTurn(state, (current) => answerInterim(current, inFlight, hypothesis), scheduleInterim);
  }
}

/** A final is asked for again at once; an interim when its cadence brings it, a speculation with the next frame. */
function askAgain(state: PolicyState, requestId: number): PolicyStep {
  const { inFlight, interim } = state;
  if (inFlight?.requestId !== requestId) return unchanged(state);
  const freed = { ...state, inFlight: undefined };
  switch (inFlight.kind) {
    case 'final':
      return drainFinals(freed);
    case 'speculative':
      return unchanged({ ...freed, interim: interim && { ...interim, speculation: undefined } });
    case 'interim':
      return unchanged(freed);
  }
}

function flush(state: PolicyState, isEnd: boolean): PolicyStep {
  const segmented = segmentFlush(state.segmenter, state.settings, isEnd);
  const flushed: PolicyState = isEnd ? { ...state, input: 'flushed' } : state;
  return inTurn(flushed, (current) => applySegments(current, segmented), drainFinals);
}

/** A replay may meet the end again whose final is already out: then only the end itself is missing. */
function endInput(state: PolicyState): PolicyStep {
  if (state.input === 'open') return flush(state, true);
  const isAnswered = state.input === 'flushed' && state.waiting.length === 0;
  if (!isAnswered) return unchanged(state);
  const checkpoint = checkpointAt(boundaryOf(state.segmenter, true), undefined, state.settings);
  return { state: { ...state, input: 'finished' }, effects: [{ type: 'session_finished', checkpoint }] };
}
