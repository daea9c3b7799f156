import type { DecodeKind, Hypothesis, PolicyEffect } from './policy-events.ts';
import type { PolicySettings } from './policy-settings.ts';
import type { InterimState } from './decoding/interim-state.ts';
import type { SegmenterState } from './segmenting/segmenter-state.ts';
import type { ClosedUtterance } from './segmenting/utterance.ts';
import type { Seam } from './text/stitching.ts';

/** A closed utterance whose final is not out yet. */
export interface WaitingFinal {
  readonly closed: ClosedUtterance;
  /** Answers judged so far; each one more was asked for with a little less audio. */
  readonly attempts: number;
  /** The best of the suspicious answers, should no better one come. */
  readonly fallback: Hypothesis | undefined;
  /** The accepted answer. */
  readonly answer: Hypothesis | undefined;
}

/** The decode this session waits for. At any time there is one at most. */
export interface InFlight {
  readonly requestId: number;
  readonly kind: DecodeKind;
  readonly segmentId: number;
  readonly fromSample: number;
  readonly toSample: number;
}

/** Everything the policy knows. Plain data; its size does not depend on how long the session has lasted. */
export interface PolicyState {
  readonly settings: PolicySettings;
  readonly segmenter: SegmenterState;
  /** Interims, speculation and stable text of the open utterance. */
  readonly interim: InterimState | undefined;
  /** Oldest first; their finals go out in this order. */
  readonly waiting: readonly WaitingFinal[];
  readonly inFlight: InFlight | undefined;
  readonly nextRequestId: number;
  /** Set while the part after a forced split has to be joined to the one before. */
  readonly seam: Seam | undefined;
  /** `flushed`: the last frame is in and its finals are under way. `finished`: all of them are out. */
  readonly input: 'open' | 'flushed' | 'finished';
}

/** What a step gives. */
export interface PolicyStep {
  readonly state: PolicyState;
  /** To be carried out in this order. */
  readonly effects: readonly PolicyEffect[];
}

/** Runs reducers one after the other and gathers their effects. */
export function inTurn(state: PolicyState, ...reducers: readonly ((state: PolicyState) => PolicyStep)[]): PolicyStep {
  const effects: PolicyEffect[] = [];
  let current = state;
  for (const reduce of reducers) {
    const result = reduce(current);
    current = result.state;
    effects.push(...result.effects);
  }
  return { state: current, effects };
}

/** A step that changes nothing. */
export function unchanged(state: PolicyState): PolicyStep {
  return { state, effects: [] };
}
